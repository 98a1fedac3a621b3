namespace Souk.Platform.Postgres;

/// <summary>What a consumer has taken: one row an event, written in the transaction of the event's effect.</summary>
public static class Inbox
{
    // A bare ON CONFLICT: a conflict target would need SELECT, which a room has on its own rows only.
    private const string TakeSql = """
        INSERT INTO inbox (consumer, source, id, taken_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
        """;

    private const string KeepSql = """
        INSERT INTO inbox (consumer, source, id, taken_at, type, payload) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Takes an event for this room.</summary>
    /// <returns>False when it was taken before: then its effect stands already.</returns>
    public static async Task<bool> TryTakeAsync(
        Transaction transaction, string source, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        int rows = await transaction.ExecuteAsync(
            TakeSql, [transaction.Room, source, id, transaction.Now], cancellationToken);
        return rows == 1;
    }

    /// <summary>Keeps a provider's delivery, so that operators can read what came; only Webhooks may.</summary>
    /// <returns>False when it was kept before.</returns>
    public static async Task<bool> TryKeepAsync(
        Transaction transaction,
        string source,
        string id,
        string type,
        byte[] payload,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        int rows = await transaction.ExecuteAsync(
            KeepSql, [transaction.Room, source, id, transaction.Now, type, payload], cancellationToken);
        return rows == 1;
    }
}
