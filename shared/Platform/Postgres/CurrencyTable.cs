using System.Globalization;
using System.Numerics;
using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>One movement of a currency that a log shows.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Currency">The currency's contract.</param>
/// <param name="From">Who had it; zero for a deposit.</param>
/// <param name="To">Who has it; zero for a withdrawal.</param>
/// <param name="Amount">In the currency's smallest unit, for WETH wei.</param>
public sealed record CurrencyTransfer(LogOrigin Origin, Address Currency, Address From, Address To, UInt256 Amount);

/// <summary>A log by which an owner lets a spender move some of a currency.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Currency">The currency's contract.</param>
/// <param name="Owner">Whose money.</param>
/// <param name="Spender">Who may move it.</param>
/// <param name="Amount">How much in all, in the currency's smallest unit.</param>
public sealed record CurrencyApproval(
    LogOrigin Origin, Address Currency, Address Owner, Address Spender, UInt256 Amount);

/// <summary>
/// Tables <c>currency_transfers</c>, <c>currency_balances</c> and <c>currency_approvals</c>: WETH-like money.
/// </summary>
/// <remarks>
/// What logs cannot say: a balance is the net of what moved since the chain is followed, and an allowance is an upper
/// bound, for spending lowers it without a log. Whoever needs either exactly asks the contract.
/// </remarks>
public static class CurrencyTable
{
    private const string AddTransfersSql = """
        INSERT INTO currency_transfers (chain_id, block_hash, log_index, block_number, transaction_hash, currency,
            from_address, to_address, amount_wei)
        SELECT $1::bigint, block_hash, log_index, block_number, transaction_hash, currency, from_address, to_address,
            amount_wei::numeric
        FROM unnest($2::bytea[], $3::integer[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[],
            $9::text[])
            AS added (block_hash, log_index, block_number, transaction_hash, currency, from_address, to_address,
                amount_wei)
        """;

    private const string AddBalancesSql = """
        INSERT INTO currency_balances AS b (chain_id, currency, owner, amount_wei)
        SELECT $1::bigint, currency, owner, amount_wei::numeric
        FROM unnest($2::bytea[], $3::bytea[], $4::text[]) AS added (currency, owner, amount_wei)
        ON CONFLICT (chain_id, currency, owner) DO UPDATE SET amount_wei = b.amount_wei + excluded.amount_wei
        """;

    private const string AddApprovalsSql = """
        INSERT INTO currency_approvals (chain_id, block_hash, log_index, block_number, currency, owner, spender,
            amount_wei)
        SELECT $1::bigint, block_hash, log_index, block_number, currency, owner, spender, amount_wei::numeric
        FROM unnest($2::bytea[], $3::integer[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[])
            AS added (block_hash, log_index, block_number, currency, owner, spender, amount_wei)
        """;

    private const string UnwindTransfersSql = """
        WITH undone AS (
            DELETE FROM currency_transfers WHERE chain_id = $1 AND block_number > $2
            RETURNING currency, from_address, to_address, amount_wei),
        given_back AS (
            SELECT currency, from_address AS owner, amount_wei FROM undone
            UNION ALL
            SELECT currency, to_address, -amount_wei FROM undone)
        INSERT INTO currency_balances AS b (chain_id, currency, owner, amount_wei)
        SELECT $1::bigint, currency, owner, sum(amount_wei) FROM given_back
        WHERE owner <> $3 GROUP BY currency, owner
        ON CONFLICT (chain_id, currency, owner) DO UPDATE SET amount_wei = b.amount_wei + excluded.amount_wei
        """;

    private const string UnwindApprovalsSql =
        "DELETE FROM currency_approvals WHERE chain_id = $1 AND block_number > $2";

    private const string RecountSql = """
        WITH moved AS (
            SELECT currency, to_address AS owner, amount_wei FROM currency_transfers WHERE chain_id = $1
            UNION ALL
            SELECT currency, from_address, -amount_wei FROM currency_transfers WHERE chain_id = $1),
        counted AS (
            SELECT currency, owner, sum(amount_wei) AS amount_wei FROM moved WHERE owner <> $2
            GROUP BY currency, owner)
        INSERT INTO currency_balances (chain_id, currency, owner, amount_wei)
        SELECT $1::bigint, currency, owner, coalesce(counted.amount_wei, 0)
        FROM counted
            FULL JOIN (SELECT currency, owner, amount_wei FROM currency_balances WHERE chain_id = $1) AS stored
            USING (currency, owner)
        WHERE coalesce(counted.amount_wei, 0) IS DISTINCT FROM stored.amount_wei
        ON CONFLICT (chain_id, currency, owner) DO UPDATE SET amount_wei = excluded.amount_wei
        """;

    private const string BalanceSql = """
        SELECT amount_wei::text FROM currency_balances WHERE chain_id = $1 AND currency = $2 AND owner = $3
        """;

    private const string AllowanceSql = """
        SELECT amount_wei::text FROM currency_approvals
        WHERE chain_id = $1 AND currency = $2 AND owner = $3 AND spender = $4
        ORDER BY block_number DESC, log_index DESC LIMIT 1
        """;

    /// <summary>Adds movements and approvals, none of which was added before, and counts the movements.</summary>
    public static async Task AddAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<CurrencyTransfer> transfers,
        IReadOnlyList<CurrencyApproval> approvals,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(transfers);
        ArgumentNullException.ThrowIfNull(approvals);
        if (transfers.Count > 0)
        {
            await AddTransfersAsync(transaction, chain, transfers, cancellationToken);
            await AddBalancesAsync(transaction, chain, transfers, cancellationToken);
        }

        if (approvals.Count > 0)
            await AddApprovalsAsync(transaction, chain, approvals, cancellationToken);
    }

    /// <summary>What an owner gained, less what they lost, since the chain is followed.</summary>
    public static async Task<BigInteger> GetNetAsync(
        Transaction transaction,
        ChainId chain,
        Address currency,
        Address owner,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        string? net = await transaction.FindAsync(
            BalanceSql, [chain, currency, owner], row => row.Text(0), cancellationToken);
        return net is null ? BigInteger.Zero : BigInteger.Parse(net, CultureInfo.InvariantCulture);
    }

    /// <summary>The most that a spender may still move of an owner's; null where no log was seen.</summary>
    public static async Task<UInt256?> FindAllowanceMaxAsync(
        Transaction transaction,
        ChainId chain,
        Address currency,
        Address owner,
        Address spender,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindValueAsync(
            AllowanceSql, [chain, currency, owner, spender], row => row.Number(0), cancellationToken);
    }

    /// <summary>Undoes the movements and approvals above a block.</summary>
    public static async Task UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.ExecuteAsync(UnwindTransfersSql, [chain, toBlock, Address.Zero], cancellationToken);
        await transaction.ExecuteAsync(UnwindApprovalsSql, [chain, toBlock], cancellationToken);
    }

    /// <summary>Counts all balances anew from the movements, so that none rests on what was stored.</summary>
    public static Task RecountAsync(Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(RecountSql, [chain, Address.Zero], cancellationToken);
    }

    private static Task AddTransfersAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<CurrencyTransfer> transfers,
        CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            AddTransfersSql,
            [
                chain,
                transfers.Select(it => it.Origin.BlockHash.Value.ToArray()).ToArray(),
                transfers.Select(it => it.Origin.LogIndex).ToArray(),
                transfers.Select(it => it.Origin.BlockNumber).ToArray(),
                transfers.Select(it => it.Origin.TransactionHash.Value.ToArray()).ToArray(),
                transfers.Select(it => it.Currency.ToArray()).ToArray(),
                transfers.Select(it => it.From.ToArray()).ToArray(),
                transfers.Select(it => it.To.ToArray()).ToArray(),
                transfers.Select(it => it.Amount.ToString()).ToArray(),
            ],
            cancellationToken);

    private static Task AddBalancesAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<CurrencyTransfer> transfers,
        CancellationToken cancellationToken)
    {
        Dictionary<(Address Currency, Address Owner), BigInteger> sums = [];
        foreach (CurrencyTransfer transfer in transfers)
        {
            BigInteger amount = transfer.Amount.ToBigInteger();
            if (!transfer.From.IsZero)
                Add((transfer.Currency, transfer.From), -amount);
            if (!transfer.To.IsZero)
                Add((transfer.Currency, transfer.To), amount);
        }

        return transaction.ExecuteAsync(
            AddBalancesSql,
            [
                chain,
                sums.Keys.Select(key => key.Currency.ToArray()).ToArray(),
                sums.Keys.Select(key => key.Owner.ToArray()).ToArray(),
                sums.Values.Select(sum => sum.ToString(CultureInfo.InvariantCulture)).ToArray(),
            ],
            cancellationToken);

        void Add((Address Currency, Address Owner) key, BigInteger amount) =>
            sums[key] = sums.GetValueOrDefault(key) + amount;
    }

    private static Task AddApprovalsAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<CurrencyApproval> approvals,
        CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            AddApprovalsSql,
            [
                chain,
                approvals.Select(it => it.Origin.BlockHash.Value.ToArray()).ToArray(),
                approvals.Select(it => it.Origin.LogIndex).ToArray(),
                approvals.Select(it => it.Origin.BlockNumber).ToArray(),
                approvals.Select(it => it.Currency.ToArray()).ToArray(),
                approvals.Select(it => it.Owner.ToArray()).ToArray(),
                approvals.Select(it => it.Spender.ToArray()).ToArray(),
                approvals.Select(it => it.Amount.ToString()).ToArray(),
            ],
            cancellationToken);
}
