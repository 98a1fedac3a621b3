using Souk.Domain.Chain;
using Souk.Domain.Tokens;

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
    int LogIndex);

/// <summary>Who owns how many units of a token.</summary>
/// <param name="Owner">The address.</param>
/// <param name="Quantity">Units; 1 for ERC-721.</param>
public sealed record TokenBalance(Address Owner, UInt256 Quantity);

/// <summary>Tables <c>token_transfers</c> and <c>token_balances</c>: ownership is the sum of movements.</summary>
public static class TokenTable
{
    private const string AddTransferSql = """
        INSERT INTO token_transfers (chain_id, block_hash, log_index, position, block_number, block_time,
            transaction_hash, contract, token_id, from_address, to_address, quantity)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::numeric, $10, $11, $12::numeric) ON CONFLICT DO NOTHING
        """;

    private const string CreditSql = """
        INSERT INTO token_balances AS b (chain_id, contract, token_id, owner, quantity)
        VALUES ($1, $2, $3::numeric, $4, $5::numeric)
        ON CONFLICT (chain_id, contract, token_id, owner) DO UPDATE SET quantity = b.quantity + $5::numeric
        """;

    // An owner who has less than the chain says they gave had it before the collection was followed: nothing is owed.
    private const string DebitSql = """
        UPDATE token_balances SET quantity = greatest(quantity - $5::numeric, 0)
        WHERE chain_id = $1 AND contract = $2 AND token_id = $3::numeric AND owner = $4
        """;

    private const string BalancesSql = """
        SELECT owner, quantity::text FROM token_balances
        WHERE chain_id = $1 AND contract = $2 AND token_id = $3::numeric AND quantity > 0
        ORDER BY quantity DESC, owner LIMIT 1000
        """;

    private const string UndoSql = """
        DELETE FROM token_transfers WHERE chain_id = $1 AND block_number > $2
        RETURNING contract, token_id::text, from_address, to_address, quantity::text
        """;

    /// <summary>Applies a movement once.</summary>
    /// <returns>False when its log was applied before.</returns>
    public static async Task<bool> MoveAsync(
        Transaction transaction,
        LogOrigin origin,
        int position,
        Address contract,
        TokenMoved moved,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(moved);
        int rows = await transaction.ExecuteAsync(
            AddTransferSql,
            [
                origin.ChainId, origin.BlockHash, origin.LogIndex, position, origin.BlockNumber, origin.BlockTime,
                origin.TransactionHash, contract, moved.Token, moved.From, moved.To, moved.Quantity,
            ],
            cancellationToken);
        if (rows == 0)
            return false;
        await AddAsync(transaction, origin.ChainId, contract, moved, cancellationToken);
        return true;
    }

    /// <summary>Who owns the token, most units first.</summary>
    public static Task<List<TokenBalance>> ListBalancesAsync(
        Transaction transaction, TokenReference token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(token);
        return transaction.ListAsync(
            BalancesSql,
            [token.ChainId, token.Contract, token.TokenId],
            row => new TokenBalance(row.Address(0), row.Number(1)),
            cancellationToken);
    }

    /// <summary>Undoes every movement above a block. Each is undone whole, so the order does not matter.</summary>
    /// <returns>The movements that were undone, as they had been.</returns>
    public static async Task<List<(TokenReference Token, TokenMoved Moved)>> UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        List<(TokenReference Token, TokenMoved Moved)> undone = await transaction.ListAsync(
            UndoSql,
            [chain, toBlock],
            row => (new TokenReference(chain, row.Address(0), row.TokenId(1)), new TokenMoved(
                TokenStandard.Erc721, row.Address(2), row.Address(3), row.TokenId(1), row.Number(4))),
            cancellationToken);
        // Credits first: a token that moved twice in the orphan must not run below nothing on its way back.
        foreach ((TokenReference token, TokenMoved moved) in undone)
            await CreditAsync(transaction, chain, token.Contract, Back(moved), cancellationToken);
        foreach ((TokenReference token, TokenMoved moved) in undone)
            await DebitAsync(transaction, chain, token.Contract, Back(moved), cancellationToken);
        return undone;
    }

    private static TokenMoved Back(TokenMoved moved) => moved with { From = moved.To, To = moved.From };

    private static async Task AddAsync(
        Transaction transaction, ChainId chain, Address contract, TokenMoved moved, CancellationToken cancellationToken)
    {
        await DebitAsync(transaction, chain, contract, moved, cancellationToken);
        await CreditAsync(transaction, chain, contract, moved, cancellationToken);
    }

    private static Task CreditAsync(
        Transaction transaction,
        ChainId chain,
        Address contract,
        TokenMoved moved,
        CancellationToken cancellationToken) =>
        moved.To.IsZero
            ? Task.CompletedTask
            : transaction.ExecuteAsync(
                CreditSql, [chain, contract, moved.Token, moved.To, moved.Quantity], cancellationToken);

    private static Task DebitAsync(
        Transaction transaction,
        ChainId chain,
        Address contract,
        TokenMoved moved,
        CancellationToken cancellationToken) =>
        moved.From.IsZero
            ? Task.CompletedTask
            : transaction.ExecuteAsync(
                DebitSql, [chain, contract, moved.Token, moved.From, moved.Quantity], cancellationToken);
}
