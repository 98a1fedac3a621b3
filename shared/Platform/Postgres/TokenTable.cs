using System.Globalization;
using System.Numerics;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;

namespace Souk.Platform.Postgres;

/// <summary>One movement of a token that a log shows.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Position">Its place among the log's movements, from 0.</param>
/// <param name="Contract">The token's contract.</param>
/// <param name="Moved">What moved.</param>
public sealed record TokenTransfer(LogOrigin Origin, int Position, Address Contract, TokenMoved Moved);

/// <summary>Who owns how many units of a token.</summary>
/// <param name="Owner">The address.</param>
/// <param name="Quantity">Units; 1 for ERC-721.</param>
public sealed record TokenBalance(Address Owner, UInt256 Quantity);

/// <summary>Tables <c>token_transfers</c> and <c>token_balances</c>: ownership is the sum of movements.</summary>
public static class TokenTable
{
    private const string AddTransfersSql = """
        INSERT INTO token_transfers (chain_id, block_hash, log_index, position, block_number, block_time,
            transaction_hash, contract, token_id, from_address, to_address, quantity)
        SELECT $1::bigint, block_hash, log_index, position, block_number, block_time, transaction_hash, contract,
            token_id::numeric, from_address, to_address, quantity::numeric
        FROM unnest($2::bytea[], $3::integer[], $4::integer[], $5::bigint[], $6::timestamptz[], $7::bytea[],
            $8::bytea[], $9::text[], $10::bytea[], $11::bytea[], $12::text[])
            AS added (block_hash, log_index, position, block_number, block_time, transaction_hash, contract, token_id,
                from_address, to_address, quantity)
        """;

    private const string AddBalancesSql = """
        INSERT INTO token_balances AS b (chain_id, contract, token_id, owner, quantity)
        SELECT $1::bigint, contract, token_id::numeric, owner, quantity::numeric
        FROM unnest($2::bytea[], $3::text[], $4::bytea[], $5::text[]) AS added (contract, token_id, owner, quantity)
        ON CONFLICT (chain_id, contract, token_id, owner) DO UPDATE SET quantity = b.quantity + excluded.quantity
        """;

    private const string BalancesSql = """
        SELECT owner, least(quantity, 2::numeric ^ 256 - 1)::numeric(78,0)::text FROM token_balances
        WHERE chain_id = $1 AND contract = $2 AND token_id = $3::numeric AND quantity > 0
        ORDER BY quantity DESC, owner LIMIT 1000
        """;

    private const string SumSql = """
        SELECT quantity::text FROM token_balances
        WHERE chain_id = $1 AND contract = $2 AND token_id = $3::numeric AND owner = $4
        """;

    private const string UnwindSql = """
        WITH undone AS (
            DELETE FROM token_transfers WHERE chain_id = $1 AND block_number > $2
            RETURNING contract, token_id, from_address, to_address, quantity),
        given_back AS (
            SELECT contract, token_id, from_address AS owner, quantity FROM undone
            UNION ALL
            SELECT contract, token_id, to_address, -quantity FROM undone)
        INSERT INTO token_balances AS b (chain_id, contract, token_id, owner, quantity)
        SELECT $1::bigint, contract, token_id, owner, sum(quantity) FROM given_back
        WHERE owner <> $3 GROUP BY contract, token_id, owner
        ON CONFLICT (chain_id, contract, token_id, owner) DO UPDATE SET quantity = b.quantity + excluded.quantity
        """;

    // Whoever has nothing left keeps a row of zero, which counts as none.
    private const string RecountSql = """
        WITH moved AS (
            SELECT contract, token_id, to_address AS owner, quantity FROM token_transfers WHERE chain_id = $1
            UNION ALL
            SELECT contract, token_id, from_address, -quantity FROM token_transfers WHERE chain_id = $1),
        counted AS (
            SELECT contract, token_id, owner, sum(quantity) AS quantity FROM moved WHERE owner <> $2
            GROUP BY contract, token_id, owner)
        INSERT INTO token_balances (chain_id, contract, token_id, owner, quantity)
        SELECT $1::bigint, contract, token_id, owner, coalesce(counted.quantity, 0)
        FROM counted
            FULL JOIN (SELECT contract, token_id, owner, quantity FROM token_balances WHERE chain_id = $1) AS stored
            USING (contract, token_id, owner)
        WHERE coalesce(counted.quantity, 0) IS DISTINCT FROM stored.quantity
        ON CONFLICT (chain_id, contract, token_id, owner) DO UPDATE SET quantity = excluded.quantity
        """;

    /// <summary>Adds movements, none of which was added before, and counts them.</summary>
    public static async Task AddAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<TokenTransfer> transfers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(transfers);
        if (transfers.Count == 0)
            return;
        await transaction.ExecuteAsync(
            AddTransfersSql,
            [
                chain,
                transfers.Select(it => it.Origin.BlockHash.Value.ToArray()).ToArray(),
                transfers.Select(it => it.Origin.LogIndex).ToArray(),
                transfers.Select(it => it.Position).ToArray(),
                transfers.Select(it => it.Origin.BlockNumber).ToArray(),
                transfers.Select(it => it.Origin.BlockTime).ToArray(),
                transfers.Select(it => it.Origin.TransactionHash.Value.ToArray()).ToArray(),
                transfers.Select(it => it.Contract.ToArray()).ToArray(),
                transfers.Select(it => it.Moved.Token.ToString()).ToArray(),
                transfers.Select(it => it.Moved.From.ToArray()).ToArray(),
                transfers.Select(it => it.Moved.To.ToArray()).ToArray(),
                transfers.Select(it => it.Moved.Quantity.ToString()).ToArray(),
            ],
            cancellationToken);
        await AddBalancesAsync(transaction, chain, transfers, cancellationToken);
    }

    /// <summary>Counts all balances anew from the movements, so that none rests on what was stored.</summary>
    public static Task RecountAsync(Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(RecountSql, [chain, Address.Zero], cancellationToken);
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

    /// <summary>
    /// The sum of an owner's movements of a token: negative where units left that came before the token was followed.
    /// </summary>
    public static async Task<BigInteger> SumAsync(
        Transaction transaction, TokenReference token, Address owner, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(token);
        string? sum = await transaction.FindAsync(
            SumSql, [token.ChainId, token.Contract, token.TokenId, owner], row => row.Text(0), cancellationToken);
        return sum is null ? BigInteger.Zero : BigInteger.Parse(sum, CultureInfo.InvariantCulture);
    }

    /// <summary>Undoes every movement above a block: sums have no order.</summary>
    public static Task UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(UnwindSql, [chain, toBlock, Address.Zero], cancellationToken);
    }

    private static Task AddBalancesAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<TokenTransfer> transfers,
        CancellationToken cancellationToken)
    {
        Dictionary<(Address Contract, TokenId Token, Address Owner), BigInteger> sums = [];
        foreach (TokenTransfer transfer in transfers)
        {
            TokenMoved moved = transfer.Moved;
            BigInteger quantity = moved.Quantity.ToBigInteger();
            if (!moved.From.IsZero)
                Add((transfer.Contract, moved.Token, moved.From), -quantity);
            if (!moved.To.IsZero)
                Add((transfer.Contract, moved.Token, moved.To), quantity);
        }

        return transaction.ExecuteAsync(
            AddBalancesSql,
            [
                chain,
                sums.Keys.Select(key => key.Contract.ToArray()).ToArray(),
                sums.Keys.Select(key => key.Token.ToString()).ToArray(),
                sums.Keys.Select(key => key.Owner.ToArray()).ToArray(),
                sums.Values.Select(sum => sum.ToString(CultureInfo.InvariantCulture)).ToArray(),
            ],
            cancellationToken);

        void Add((Address Contract, TokenId Token, Address Owner) key, BigInteger quantity) =>
            sums[key] = sums.GetValueOrDefault(key) + quantity;
    }
}
