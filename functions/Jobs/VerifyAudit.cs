using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>Schedule <c>verify-audit</c>: recomputes the chain of hashes and says loudly where it breaks.</summary>
internal static partial class VerifyAudit
{
    private const string FirstBreakSql = """
        SELECT sequence FROM (
            SELECT sequence, hash, previous_hash,
                lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER (ORDER BY sequence) AS expected_previous,
                row_number() OVER (ORDER BY sequence) AS expected_sequence,
                audit_hash(previous_hash, sequence, room, actor, action, subject, detail, happened_at) AS expected_hash
            FROM audit) AS chain
        WHERE hash <> expected_hash OR previous_hash <> expected_previous OR sequence <> expected_sequence
        ORDER BY sequence LIMIT 1
        """;

    internal static async Task HandleAsync(EventContext context)
    {
        long? broken = await context.Get<Database>().ReadAsync(
            t => t.FindValueAsync(FirstBreakSql, [], row => row.Bigint(0), context.CancellationToken),
            context.CancellationToken);
        ILogger logger = context.Get<ILoggerFactory>().CreateLogger("Souk.Jobs");
        if (broken is { } sequence)
            Log.Broken(logger, sequence);
        else
            Log.Sound(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The audit chain is sound.")]
        internal static partial void Sound(ILogger logger);

        [LoggerMessage(2, LogLevel.Error, "The audit chain breaks at row {Sequence}.")]
        internal static partial void Broken(ILogger logger, long sequence);
    }
}
