using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>A log by which an owner lets an operator move tokens, or no longer.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Contract">The tokens' contract.</param>
/// <param name="Owner">Whose tokens.</param>
/// <param name="Operator">Who may move them; zero where what one token's operator might was taken back.</param>
/// <param name="Token">Which token; null for all of the contract's.</param>
/// <param name="IsApproved">Whether the operator may.</param>
public sealed record TokenApproval(
    LogOrigin Origin, Address Contract, Address Owner, Address Operator, TokenId? Token, bool IsApproved);

/// <summary>Table <c>token_approvals</c>: the newest row counts, and so an undone block's are deleted.</summary>
public static class TokenApprovalTable
{
    private const string AddSql = """
        INSERT INTO token_approvals (chain_id, block_hash, log_index, block_number, contract, owner, operator, token_id,
            is_approved)
        SELECT $1::bigint, block_hash, log_index, block_number, contract, owner, operator, token_id::numeric,
            is_approved
        FROM unnest($2::bytea[], $3::integer[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[],
            $9::boolean[])
            AS added (block_hash, log_index, block_number, contract, owner, operator, token_id, is_approved)
        """;

    // An approval of one token ends with the token's next movement, which no log says again.
    private const string StandsSql = """
        SELECT coalesce((
                SELECT is_approved FROM token_approvals
                WHERE chain_id = $1 AND contract = $2 AND owner = $3 AND operator = $4 AND token_id IS NULL
                    AND (block_number, log_index) <= ($6, $7)
                ORDER BY block_number DESC, log_index DESC LIMIT 1), false)
            OR coalesce((
                SELECT a.owner = $3 AND a.operator = $4 AND NOT EXISTS (
                    SELECT 1 FROM token_transfers t
                    WHERE t.chain_id = $1 AND t.contract = $2 AND t.token_id = $5::numeric
                        AND (t.block_number, t.log_index) > (a.block_number, a.log_index)
                        AND (t.block_number, t.log_index) <= ($6, $7))
                FROM token_approvals a
                WHERE a.chain_id = $1 AND a.contract = $2 AND a.token_id = $5::numeric
                    AND (a.block_number, a.log_index) <= ($6, $7)
                ORDER BY a.block_number DESC, a.log_index DESC LIMIT 1), false)
        """;

    private const string UnwindSql = "DELETE FROM token_approvals WHERE chain_id = $1 AND block_number > $2";

    /// <summary>Adds approvals, none of which was added before.</summary>
    public static Task AddAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<TokenApproval> approvals,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(approvals);
        return approvals.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync(
            AddSql,
            [
                chain,
                approvals.Select(it => it.Origin.BlockHash.Value.ToArray()).ToArray(),
                approvals.Select(it => it.Origin.LogIndex).ToArray(),
                approvals.Select(it => it.Origin.BlockNumber).ToArray(),
                approvals.Select(it => it.Contract.ToArray()).ToArray(),
                approvals.Select(it => it.Owner.ToArray()).ToArray(),
                approvals.Select(it => it.Operator.ToArray()).ToArray(),
                approvals.Select(it => it.Token?.ToString()).ToArray(),
                approvals.Select(it => it.IsApproved).ToArray(),
            ],
            cancellationToken);
    }

    /// <summary>Whether, right after a log, an operator may move an owner's token: it alone, or all of them.</summary>
    /// <remarks>Approvals from before the contract was followed are not known, and so not counted.</remarks>
    public static async Task<bool> StandsAsync(
        Transaction transaction,
        TokenReference token,
        Address owner,
        Address mover,
        LogOrigin after,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(after);
        return await transaction.FindValueAsync(
            StandsSql,
            [token.ChainId, token.Contract, owner, mover, token.TokenId, after.BlockNumber, after.LogIndex],
            row => row.Flag(0),
            cancellationToken) == true;
    }

    /// <summary>Removes the approvals of blocks that were undone.</summary>
    public static Task UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(UnwindSql, [chain, toBlock], cancellationToken);
    }
}
