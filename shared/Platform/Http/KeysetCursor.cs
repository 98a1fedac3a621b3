using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Souk.Platform.Http;

/// <summary>Where a page ended: the last row's time and identifier, opaque to the caller.</summary>
/// <param name="At">The last row's time, to the microsecond.</param>
/// <param name="Id">The last row's identifier.</param>
public readonly record struct KeysetCursor(DateTimeOffset At, Guid Id) : IParsable<KeysetCursor>
{
    /// <summary>Before every row: where the first page begins.</summary>
    public static KeysetCursor First { get; } = new(DateTimeOffset.MaxValue.AddTicks(-9), Guid.AllBitsSet);

    /// <inheritdoc/>
    public static KeysetCursor Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out KeysetCursor cursor) ? cursor : throw new FormatException("The text is no cursor.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out KeysetCursor result)
    {
        result = default;
        if (s is null || s.Length > 100 || !Base64Url.IsValid(s))
            return false;
        string[] parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(s)).Split(':');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            || ticks > DateTimeOffset.MaxValue.Ticks
            || !Guid.TryParseExact(parts[1], "N", out Guid id))
        {
            return false;
        }

        result = new KeysetCursor(new DateTimeOffset(ticks, TimeSpan.Zero), id);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Base64Url.EncodeToString(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}:{Id:N}")));
}
