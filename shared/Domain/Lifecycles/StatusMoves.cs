using System.Collections.Frozen;

namespace Souk.Domain.Lifecycles;

/// <summary>Builds the tables that say which status may follow which.</summary>
internal static class StatusMoves
{
    /// <summary>A table from its rows.</summary>
    internal static FrozenDictionary<T, FrozenSet<T>> Of<T>(params ReadOnlySpan<(T From, T[] To)> rows)
        where T : struct, Enum
    {
        var table = new Dictionary<T, FrozenSet<T>>();
        foreach ((T from, T[] to) in rows) table.Add(from, to.ToFrozenSet());
        return table.ToFrozenDictionary();
    }

    /// <summary>Whether the table has the move.</summary>
    internal static bool Has<T>(this FrozenDictionary<T, FrozenSet<T>> table, T from, T to)
        where T : struct, Enum => table.TryGetValue(from, out FrozenSet<T>? targets) && targets.Contains(to);
}
