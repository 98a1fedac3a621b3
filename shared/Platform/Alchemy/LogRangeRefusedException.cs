namespace Souk.Platform.Alchemy;

/// <summary>What of a range of logs was too much for a node.</summary>
public enum LogRangeRefusal
{
    /// <summary>Its plan or setting allows fewer blocks a call, wherever they are.</summary>
    TooManyBlocks,

    /// <summary>These blocks hold more logs than it answers; other blocks may hold fewer.</summary>
    TooManyLogs,

    /// <summary>It did not finish in time.</summary>
    TooSlow,
}

/// <summary>The node will not read so many blocks or logs at once: ask again for a shorter range.</summary>
/// <param name="why">What was too much.</param>
/// <param name="blocks">How many blocks the node says it would read; null when it says none.</param>
/// <param name="inner">The fault behind it, where no answer came.</param>
public sealed class LogRangeRefusedException(LogRangeRefusal why, long? blocks, Exception? inner = null)
    : Exception("The node refuses so long a range of logs.", inner)
{
    /// <summary>What was too much.</summary>
    public LogRangeRefusal Why { get; } = why;

    /// <summary>How many blocks the node says it would read; null when it says none.</summary>
    public long? Blocks { get; } = blocks;
}
