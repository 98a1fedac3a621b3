using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>Which log something derives from, and when its block was made.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="BlockNumber">The block's height.</param>
/// <param name="BlockHash">The block's hash.</param>
/// <param name="BlockTime">The block's own time.</param>
/// <param name="TransactionHash">The transaction.</param>
/// <param name="LogIndex">The log's position in its block.</param>
public sealed record LogOrigin(
    ChainId ChainId,
    long BlockNumber,
    BlockHash BlockHash,
    DateTimeOffset BlockTime,
    TransactionHash TransactionHash,
    int LogIndex)
{
    /// <summary>The log's name on its chain.</summary>
    public LogKey Key => new(BlockHash, LogIndex);
}

/// <summary>A log's name on its chain.</summary>
/// <param name="BlockHash">Its block.</param>
/// <param name="LogIndex">Its position there.</param>
public readonly record struct LogKey(BlockHash BlockHash, int LogIndex);

/// <summary>Which logs were applied before, of the tables that take one row a log or more.</summary>
/// <remarks>
/// Whoever applies holds the chain's cursor locked, so nobody adds a log between this answer and the insert.
/// </remarks>
public static class AppliedLogs
{
    private const string ListSql = """
        SELECT block_hash, log_index FROM token_transfers
        WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3 AND contract = ANY ($4)
        UNION ALL
        SELECT block_hash, log_index FROM token_approvals
        WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3 AND contract = ANY ($4)
        UNION ALL
        SELECT block_hash, log_index FROM currency_transfers
        WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3 AND currency = ANY ($4)
        UNION ALL
        SELECT block_hash, log_index FROM currency_approvals
        WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3 AND currency = ANY ($4)
        """;

    /// <summary>The applied logs of these contracts in a range of blocks, both ends in it.</summary>
    public static async Task<HashSet<LogKey>> ListAsync(
        Transaction transaction,
        ChainId chain,
        long fromBlock,
        long toBlock,
        IEnumerable<Address> contracts,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        List<LogKey> applied = await transaction.ListAsync(
            ListSql,
            [chain, fromBlock, toBlock, contracts.Select(contract => contract.ToArray()).ToArray()],
            row => new LogKey(new BlockHash(row.Hash(0)), row.Integer(1)),
            cancellationToken);
        return [.. applied];
    }
}
