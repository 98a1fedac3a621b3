using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>POST /v1/admin/chains/{chainId}/resume</c>: follows a halted chain again, from where a person
/// says.</summary>
/// <remarks>
/// Refuses with <c>chain_unknown</c>, <c>invalid_request</c>, <c>not_found</c>, <c>conflict</c>, in that order. It goes
/// back only to a block that was followed and that the chain still has; where none such is remembered, what stands on
/// orphaned blocks cannot be told from the rest, and only a resync from below the fork puts it right.
/// </remarks>
internal static class ResumeChain
{
    /// <param name="ToBlock">The block to go back to; null to look again from where the chain halted.</param>
    internal sealed record Request(long? ToBlock = null);

    /// <param name="ChainId">The chain.</param>
    /// <param name="BlockNumber">The block that it is followed from.</param>
    internal sealed record Response(ChainId ChainId, long BlockNumber);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/admin/chains/{chainId}/resume", HandleAsync).RequireAdminScope(RoleScopes.OpsWrite);

    internal static async Task<Response> HandleAsync(
        ChainId chainId,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        AlchemyClients clients,
        Database database,
        CancellationToken cancellationToken)
    {
        AlchemyClient client = clients.For(chainId);
        if (request.ToBlock < 0)
            throw Invalid("Give a block's number.");
        return await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/admin/chains/{chainId}/resume",
            request,
            MarketplaceJson.Default.ResumeChainRequest,
            MarketplaceJson.Default.ResumeChainResponse,
            async () => request.ToBlock is { } number
                ? [await client.GetBlockAsync(BlockReference.At(number), cancellationToken)]
                : Array.Empty<BlockHeader?>(),
            async (transaction, present) =>
            {
                long from = await ResumeAsync(
                    transaction, chainId, request.ToBlock, present.FirstOrDefault(), cancellationToken);
                await Audit.AppendAsync(
                    transaction, caller.UserId, "chain.resume", $"chain/{chainId}", $$"""{"block":{{from}}}""",
                    cancellationToken);
                await ChainFollower.KickAsync(transaction, chainId, cancellationToken);
                return new Response(chainId, from);
            },
            cancellationToken);
    }

    private static async Task<long> ResumeAsync(
        Transaction transaction,
        ChainId chain,
        long? toBlock,
        BlockHeader? present,
        CancellationToken cancellationToken)
    {
        ChainCursor cursor = await ChainCursorTable.LockAsync(transaction, chain, cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "The chain was never followed.");
        if (cursor.HaltedReason is null)
            throw new FailureException(FailureCode.Conflict, "The chain is not halted.");
        if (toBlock > cursor.Block.Number)
            throw Invalid($"The chain was followed up to block {cursor.Block.Number}.");
        if (toBlock is { } number)
        {
            FollowedBlock block = await ChainBlockTable.FindAsync(transaction, chain, number, cancellationToken)
                ?? throw new FailureException(
                    FailureCode.Conflict,
                    $"Block {number} is not remembered, so what was replaced cannot be told: resync from below the "
                        + "fork.");
            if (present?.Hash != block.Hash)
            {
                throw new FailureException(
                    FailureCode.Conflict, $"Block {number} was replaced too: go further back, or resync.");
            }

            if (!await ChainCursorTable.UnwindAsync(transaction, cursor, block, cancellationToken))
                throw new FailureException(FailureCode.Conflict, "The chain's cursor moved meanwhile.");
            await BlockUnwinder.UnwindAsync(transaction, chain, block, cancellationToken);
        }

        await ChainCursorTable.ResumeAsync(transaction, chain, cancellationToken);
        return toBlock ?? cursor.Block.Number;
    }

    private static FailureException Invalid(string detail) =>
        new(new Failure(FailureCode.InvalidRequest, detail) { Field = "$.toBlock" });
}
