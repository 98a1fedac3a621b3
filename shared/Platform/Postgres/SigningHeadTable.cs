using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>Owner of <c>signing_heads</c>: up to which block each chain's transactions were confirmed.</summary>
public static class SigningHeadTable
{
    private const string PutSql = """
        INSERT INTO signing_heads (chain_id, block_number, block_hash, checked_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (chain_id) DO UPDATE SET block_number = $2, block_hash = $3, checked_at = $4
        """;

    /// <summary>Keeps the newest block looked at; it may be lower than before, after a reorganisation.</summary>
    public static Task PutAsync(
        Transaction transaction,
        ChainId chain,
        long blockNumber,
        BlockHash blockHash,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(
            PutSql, [chain, blockNumber, blockHash, transaction.Now], cancellationToken);
    }
}
