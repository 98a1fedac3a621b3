using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>A token contract that this marketplace serves.</summary>
/// <param name="ChainId">Its chain.</param>
/// <param name="Contract">Its address.</param>
/// <param name="Standard">The standard it speaks.</param>
/// <param name="Name">What people call it.</param>
/// <param name="FollowedFrom">The first block whose logs count.</param>
/// <param name="BackfilledTo">The last block read on its own, before it is read with the others.</param>
/// <param name="IsLive">Whether it is read with the others.</param>
public sealed record Collection(
    ChainId ChainId,
    Address Contract,
    TokenStandard Standard,
    string Name,
    long FollowedFrom,
    long BackfilledTo,
    bool IsLive);

/// <summary>Table <c>collections</c>.</summary>
public static class CollectionTable
{
    private const string AddSql = """
        INSERT INTO collections (chain_id, contract, standard, name, registered_by, registered_at, followed_from,
            backfilled_to)
        VALUES ($1, $2, $3, $4, $5, $6, $7::bigint, $7::bigint - 1) ON CONFLICT DO NOTHING
        """;

    private const string FindSql = """
        SELECT chain_id, contract, standard, name, followed_from, backfilled_to, is_live
        FROM collections WHERE chain_id = $1 AND contract = $2
        """;

    private const string ListSql = """
        SELECT chain_id, contract, standard, name, followed_from, backfilled_to, is_live
        FROM collections WHERE $1 = 0 OR chain_id = $1 ORDER BY chain_id, contract LIMIT 10000
        """;

    private const string MoveSql = """
        UPDATE collections SET backfilled_to = $4, is_live = $5
        WHERE chain_id = $1 AND contract = $2 AND backfilled_to = $3 AND NOT is_live
        """;

    private const string UnwindSql = """
        UPDATE collections SET backfilled_to = least(backfilled_to, $2) WHERE chain_id = $1 AND NOT is_live
        """;

    /// <summary>Adds a collection.</summary>
    /// <returns>False when it is there already.</returns>
    public static async Task<bool> AddAsync(
        Transaction transaction, Collection collection, Guid registeredBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(collection);
        int rows = await transaction.ExecuteAsync(
            AddSql,
            [
                collection.ChainId, collection.Contract, WireText.Of(collection.Standard), collection.Name,
                registeredBy, transaction.Now, collection.FollowedFrom,
            ],
            cancellationToken);
        return rows == 1;
    }

    /// <summary>The collection; null when it is not registered.</summary>
    public static Task<Collection?> FindAsync(
        Transaction transaction, ChainId chain, Address contract, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [chain, contract], Read, cancellationToken);
    }

    /// <summary>The collections of one chain, or of all.</summary>
    public static Task<List<Collection>> ListAsync(
        Transaction transaction, ChainId? chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        long chosen = chain is { } one ? (long)one.Value : 0;
        return transaction.ListAsync(ListSql, [chosen], Read, cancellationToken);
    }

    /// <summary>Says how far a collection has been read on its own.</summary>
    /// <returns>False when another run moved it first.</returns>
    public static async Task<bool> MoveAsync(
        Transaction transaction, Collection before, long backfilledTo, bool isLive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(before);
        int rows = await transaction.ExecuteAsync(
            MoveSql,
            [before.ChainId, before.Contract, before.BackfilledTo, backfilledTo, isLive],
            cancellationToken);
        return rows == 1;
    }

    /// <summary>Blocks above this one were undone: what was read of them is to be read again.</summary>
    public static Task UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(UnwindSql, [chain, toBlock], cancellationToken);
    }

    private static Collection Read(Row row) => new(
        row.ChainId(0),
        row.Address(1),
        WireText.Parse<TokenStandard>(row.Text(2)),
        row.Text(3),
        row.Bigint(4),
        row.Bigint(5),
        row.Flag(6));
}
