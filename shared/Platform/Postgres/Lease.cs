namespace Souk.Platform.Postgres;

/// <summary>The right to work on one thing alone, for a while; never a lock held across a call.</summary>
/// <param name="Name">What is worked on, such as <c>chain/1</c>.</param>
/// <param name="Holder">This run of the work.</param>
/// <param name="Fence">Rises with every new holder; every write of the work checks it.</param>
/// <param name="HeldUntil">When another may take over.</param>
public sealed record Lease(string Name, Guid Holder, long Fence, DateTimeOffset HeldUntil)
{
    private const string TakeSql = """
        INSERT INTO leases AS l (room, name, holder, fence, held_until) VALUES ($1, $2, $3, 1, $4)
        ON CONFLICT (room, name) DO UPDATE SET holder = $3, fence = l.fence + 1, held_until = $4
        WHERE l.held_until <= $5
        RETURNING fence
        """;

    private const string CheckSql = """
        UPDATE leases SET held_until = $5
        WHERE room = $1 AND name = $2 AND holder = $3 AND fence = $4
        """;


    /// <summary>Takes the lease if nobody holds it.</summary>
    /// <returns>The lease; null when another run holds it.</returns>
    public static async Task<Lease?> TryTakeAsync(
        Transaction transaction, string name, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Guid holder = transaction.NewId();
        DateTimeOffset until = transaction.Now + duration;
        long? fence = await transaction.FindValueAsync(
            TakeSql, [transaction.Room, name, holder, until, transaction.Now], row => row.Bigint(0), cancellationToken);
        return fence is null ? null : new Lease(name, holder, fence.Value, until);
    }

    /// <summary>Confirms in the transaction of a write that the lease is still this run's, and prolongs it.</summary>
    /// <returns>False when another run took over: the write must not happen.</returns>
    public async Task<bool> TryKeepAsync(
        Transaction transaction, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        int rows = await transaction.ExecuteAsync(
            CheckSql, [transaction.Room, Name, Holder, Fence, transaction.Now + duration], cancellationToken);
        return rows == 1;
    }

    /// <summary>Gives the lease back, so that the next run need not wait.</summary>
    public Task ReleaseAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(
            CheckSql, [transaction.Room, Name, Holder, Fence, transaction.Now], cancellationToken);
    }
}
