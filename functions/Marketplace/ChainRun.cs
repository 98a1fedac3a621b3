using System.Globalization;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Another run leads, or moved the cursor: what this run was about to store must not be.</summary>
internal sealed class LeadershipLostException() : Exception("Another run follows the chain.");

/// <summary>One leader's run over one chain: its lease, its cursor, and how long it may go on.</summary>
/// <remarks>
/// The leader holds a lease row with a fence, never a lock across a call. Every write checks fence and cursor in its
/// own transaction, so a leader that slept too long stores nothing.
/// </remarks>
internal sealed class ChainRun
{
    /// <summary>
    /// How long a silent leader is believed to live: longer than any read or apply, shorter than a schedule's tick.
    /// </summary>
    internal static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(10);

    /// <summary>How long one run goes on; the broker's delivery time-out is longer.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(20);

    /// <summary>A lease younger than this outlives the longest read.</summary>
    private static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly Lease _lease;
    private readonly DateTimeOffset _end;
    private DateTimeOffset _keptAt;

    internal ChainRun(AlchemyClient client, Database database, Lease lease, ChainCursor cursor, bool isScheduled)
    {
        (Client, _database, _lease, Cursor, IsScheduled) = (client, database, lease, cursor, isScheduled);
        _keptAt = database.Now;
        _end = _keptAt + RunMax;
        Range = new LogRange(client.Chain.LogBlocksMax, cursor.Range, _keptAt);
    }

    /// <summary>The chain's node.</summary>
    internal AlchemyClient Client { get; }

    /// <summary>The chain.</summary>
    internal ChainSettings Chain => Client.Chain;

    /// <summary>Where this run has come to.</summary>
    internal ChainCursor Cursor { get; set; }

    /// <summary>Where the chain stands, as last seen; null before the first look.</summary>
    internal SeenHead? Head { get; set; }

    /// <summary>How many blocks one read of logs asks for.</summary>
    internal LogRange Range { get; }

    /// <summary>Whether a schedule and not a hint began it: what it finds, no hint has told of.</summary>
    internal bool IsScheduled { get; }

    /// <summary>The time.</summary>
    internal DateTimeOffset Now => _database.Now;

    /// <summary>Whether its time is up.</summary>
    internal bool IsLate => _database.Now >= _end;

    /// <summary>Whether blocks were applied.</summary>
    internal bool HasAdvanced { get; private set; }

    /// <summary>Whether work behind the cursor was left for its time alone: the next run can go on at once.</summary>
    internal bool HasMore { get; set; }

    /// <summary>The first block that a reorganisation within the limit may still replace.</summary>
    internal long TailStart =>
        Math.Max(Head!.Number - Chain.ReorgDepthMax, Math.Min(Head.Finalized ?? 0, Head.Number)) + 1;

    /// <summary>The chain, for metrics.</summary>
    internal KeyValuePair<string, object?> Tag =>
        new("chain", Chain.Id.Value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether it could still wait this long.</summary>
    internal bool CanWait(TimeSpan wait) => _database.Now + wait < _end;

    /// <summary>The cursor was moved on to this block.</summary>
    internal void Advance(FollowedBlock to)
    {
        Cursor = Cursor with { Block = to };
        HasAdvanced = true;
    }

    /// <summary>The cursor was put on this block, and the chain's halt ended.</summary>
    internal void Place(FollowedBlock at) => Cursor = Cursor with { Block = at, HaltedReason = null, Finalized = null };

    /// <summary>Reads outside any transaction.</summary>
    internal Task<T> ReadAsync<T>(Func<Transaction, Task<T>> body, CancellationToken cancellationToken) =>
        _database.ReadAsync(body, cancellationToken);

    /// <summary>Writes as the leader: fence and cursor are checked, and until the commit nobody moves either.</summary>
    /// <param name="body">The write; it is given the cursor's row as it is now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LeadershipLostException">Another run leads, or moved the cursor.</exception>
    internal async Task<T> WriteAsync<T>(
        Func<Transaction, ChainCursor, Task<T>> body, CancellationToken cancellationToken)
    {
        DateTimeOffset begun = _database.Now;
        T result = await _database.WriteAsync(
            async transaction =>
            {
                // The cursor first: whoever lists meanwhile either waits for this, or is waited for.
                ChainCursor? now = await ChainCursorTable.LockAsync(transaction, Chain.Id, cancellationToken);
                bool isKept = now?.Block.Hash == Cursor.Block.Hash
                    && await _lease.TryKeepAsync(transaction, LeaseDuration, cancellationToken);
                return isKept ? await body(transaction, now!) : throw new LeadershipLostException();
            },
            cancellationToken);
        _keptAt = begun;
        return result;
    }

    /// <summary>As <see cref="WriteAsync{T}"/>, for work without a result.</summary>
    internal Task WriteAsync(Func<Transaction, ChainCursor, Task> body, CancellationToken cancellationToken) =>
        WriteAsync(
            async (transaction, now) =>
            {
                await body(transaction, now);
                return true;
            },
            cancellationToken);

    /// <summary>Makes sure before a call to the node that the lease outlives it.</summary>
    /// <exception cref="LeadershipLostException">Another run leads.</exception>
    internal async Task RenewAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _database.Now;
        if (now - _keptAt < RenewAfter)
            return;
        bool isKept = await _database.WriteAsync(
            transaction => _lease.TryKeepAsync(transaction, LeaseDuration, cancellationToken), cancellationToken);
        if (!isKept)
            throw new LeadershipLostException();
        _keptAt = now;
    }

    /// <summary>Several headers, in the order asked; null for those that the node does not have.</summary>
    internal async Task<IReadOnlyList<BlockHeader?>> GetBlocksAsync(
        IReadOnlyList<BlockReference> blocks, CancellationToken cancellationToken)
    {
        await RenewAsync(cancellationToken);
        return await Client.GetBlocksAsync(blocks, cancellationToken);
    }

    /// <summary>Gives the lease back.</summary>
    internal Task ReleaseAsync(Transaction transaction, CancellationToken cancellationToken) =>
        _lease.ReleaseAsync(transaction, cancellationToken);

    /// <summary>A header as it is remembered.</summary>
    internal static FollowedBlock Remember(BlockHeader header) =>
        new(header.Number, header.Hash, header.ParentHash, header.Timestamp);
}
