namespace Souk.Platform.Postgres;

/// <summary>What is known of a webhook at a provider.</summary>
/// <param name="Name">The name in its address.</param>
public sealed record Hook(string Name)
{
    /// <summary>Whether it tells events; null when the provider lists no such webhook, or was never asked.</summary>
    public bool? IsActive { get; init; }

    /// <summary>How much it is to watch; null when its list is not ours.</summary>
    public long? WantedCount { get; init; }

    /// <summary>How much it watched when it was last seen; null when its list is not ours.</summary>
    public long? WatchedCount { get; init; }

    /// <summary>What it was to watch when both lists were last compared to the end, as SHA-256.</summary>
    public byte[]? WantedDigest { get; init; }

    /// <summary>When both lists were last compared to the end.</summary>
    public DateTimeOffset? ComparedAt { get; init; }

    /// <summary>When it was last seen to be as it should.</summary>
    public DateTimeOffset? SyncedAt { get; init; }

    /// <summary>How often it was asked to tell events again.</summary>
    public long Resumes { get; init; }

    /// <summary>When that was last asked.</summary>
    public DateTimeOffset? ResumedAt { get; init; }

    /// <summary>What last went wrong with it; older than <see cref="SyncedAt"/>, it is mended.</summary>
    public string? Failure { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? FailedAt { get; init; }
}

/// <summary>Table <c>hooks</c>.</summary>
public static class HookTable
{
    private const string StoreSql = """
        INSERT INTO hooks (name, is_active, wanted_count, watched_count, wanted_digest, compared_at, synced_at, resumes,
            resumed_at, failure, failed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (name) DO UPDATE SET is_active = $2, wanted_count = $3, watched_count = $4, wanted_digest = $5,
            compared_at = $6, synced_at = $7, resumes = $8, resumed_at = $9, failure = $10, failed_at = $11
        """;

    private const string ListSql = """
        SELECT name, is_active, wanted_count, watched_count, wanted_digest, compared_at, synced_at, resumes, resumed_at,
            failure, failed_at
        FROM hooks ORDER BY name LIMIT 10000
        """;

    /// <summary>Writes down all that is known of a webhook; the caller holds the lease <c>hooks</c>.</summary>
    public static Task StoreAsync(Transaction transaction, Hook hook, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(hook);
        return transaction.ExecuteAsync(
            StoreSql,
            [
                hook.Name, hook.IsActive, hook.WantedCount, hook.WatchedCount, hook.WantedDigest, hook.ComparedAt,
                hook.SyncedAt, hook.Resumes, hook.ResumedAt, hook.Failure, hook.FailedAt,
            ],
            cancellationToken);
    }

    /// <summary>Every webhook that was ever in the settings, by its name.</summary>
    public static async Task<Dictionary<string, Hook>> ListAsync(
        Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        List<Hook> rows = await transaction.ListAsync(ListSql, [], Read, cancellationToken);
        return rows.ToDictionary(row => row.Name, StringComparer.Ordinal);
    }

    private static Hook Read(Row row) => new(row.Text(0))
    {
        IsActive = row.IsNull(1) ? null : row.Flag(1),
        WantedCount = row.BigintOrNull(2),
        WatchedCount = row.BigintOrNull(3),
        WantedDigest = row.BytesOrNull(4),
        ComparedAt = row.InstantOrNull(5),
        SyncedAt = row.InstantOrNull(6),
        Resumes = row.Bigint(7),
        ResumedAt = row.InstantOrNull(8),
        Failure = row.TextOrNull(9),
        FailedAt = row.InstantOrNull(10),
    };
}
