using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>A log that a resync keeps aside.</summary>
/// <param name="BlockNumber">Its block's height.</param>
/// <param name="LogIndex">Its position in the block.</param>
/// <param name="BlockHash">Its block.</param>
/// <param name="BlockTime">Its block's own time.</param>
/// <param name="TransactionHash">The transaction that emitted it.</param>
/// <param name="Address">The contract that emitted it.</param>
/// <param name="Topics">Up to four topics.</param>
/// <param name="Data">The data, not indexed.</param>
public sealed record StagedLog(
    long BlockNumber,
    int LogIndex,
    BlockHash BlockHash,
    DateTimeOffset BlockTime,
    TransactionHash TransactionHash,
    Address Address,
    IReadOnlyList<Bytes32> Topics,
    byte[] Data);

/// <summary>Table <c>chain_resync_logs</c>.</summary>
public static class ChainResyncLogTable
{
    private const int TopicBytes = 32;

    private const string AddSql = """
        INSERT INTO chain_resync_logs (resync_id, block_number, log_index, block_hash, block_time, transaction_hash,
            address, topics, data)
        SELECT $1::uuid, block_number, log_index, block_hash, block_time, transaction_hash, address, topics, data
        FROM unnest($2::bigint[], $3::integer[], $4::bytea[], $5::timestamptz[], $6::bytea[], $7::bytea[], $8::bytea[],
                $9::bytea[])
            AS added (block_number, log_index, block_hash, block_time, transaction_hash, address, topics, data)
        """;

    // A page ends where a block ends: the logs of one transaction are applied together.
    private const string ListPageSql = """
        SELECT block_number, log_index, block_hash, block_time, transaction_hash, address, topics, data
        FROM chain_resync_logs
        WHERE resync_id = $1 AND block_number > $2 AND block_number <= (
            SELECT max(block_number) FROM (
                SELECT block_number FROM chain_resync_logs WHERE resync_id = $1 AND block_number > $2
                ORDER BY block_number, log_index LIMIT $3) AS page)
        ORDER BY block_number, log_index
        """;

    private const string RemoveSql = "DELETE FROM chain_resync_logs WHERE resync_id = $1";

    /// <summary>Keeps logs aside.</summary>
    public static Task AddAsync(
        Transaction transaction, Guid resync, IReadOnlyList<StagedLog> logs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(logs);
        return transaction.ExecuteAsync(
            AddSql,
            [
                resync,
                logs.Select(log => log.BlockNumber).ToArray(),
                logs.Select(log => log.LogIndex).ToArray(),
                logs.Select(log => log.BlockHash.Value.ToArray()).ToArray(),
                logs.Select(log => log.BlockTime).ToArray(),
                logs.Select(log => log.TransactionHash.Value.ToArray()).ToArray(),
                logs.Select(log => log.Address.ToArray()).ToArray(),
                logs.Select(log => log.Topics.SelectMany(topic => topic.ToArray()).ToArray()).ToArray(),
                logs.Select(log => log.Data).ToArray(),
            ],
            cancellationToken);
    }

    /// <summary>The next logs above a height in the chain's order, about as many as asked, whole blocks.</summary>
    public static Task<List<StagedLog>> ListPageAsync(
        Transaction transaction, Guid resync, long aboveBlock, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListPageSql, [resync, aboveBlock, count], Read, cancellationToken);
    }

    /// <summary>Forgets what was kept aside.</summary>
    public static Task RemoveAsync(Transaction transaction, Guid resync, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(RemoveSql, [resync], cancellationToken);
    }

    private static StagedLog Read(Row row)
    {
        byte[] topics = row.Bytes(6);
        return new StagedLog(
            row.Bigint(0),
            row.Integer(1),
            new BlockHash(row.Hash(2)),
            row.Instant(3),
            new TransactionHash(row.Hash(4)),
            row.Address(5),
            [.. topics.Chunk(TopicBytes).Select(topic => new Bytes32(topic))],
            row.Bytes(7));
    }
}
