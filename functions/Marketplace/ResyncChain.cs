using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>
/// <c>POST /v1/admin/chains/{chainId}/resync?from=</c>: rebuilds what derives from a chain, from a block on, and proves
/// it equal to what is there.
/// </summary>
/// <remarks>
/// Refuses with <c>chain_unknown</c>, <c>not_found</c>, <c>invalid_request</c>, <c>conflict</c>, in that order. The
/// chain's leader does the work; everybody else reads the old state until the new one is committed. Of a halted chain
/// it is also the way out: the head's history replaces the one that was followed.
/// </remarks>
internal static class ResyncChain
{
    internal sealed record Request(ChainId ChainId, long From);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/admin/chains/{chainId}/resync", HandleAsync).RequireAdminScope(RoleScopes.OpsWrite);

    internal static async Task<Accepted<ResyncView>> HandleAsync(
        ChainId chainId,
        long from,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Caller caller,
        ChainRegistry chains,
        Database database,
        CancellationToken cancellationToken)
    {
        ChainSettings chain = chains.Get(chainId);
        ResyncView view = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/admin/chains/{chainId}/resync",
            new Request(chainId, from),
            MarketplaceJson.Default.ResyncChainRequest,
            MarketplaceJson.Default.ResyncView,
            transaction => AddAsync(transaction, chain, from, caller.UserId, cancellationToken),
            cancellationToken);
        return TypedResults.Accepted($"/v1/admin/chains/{chainId}/resyncs/{view.Id}", view);
    }

    private static async Task<ResyncView> AddAsync(
        Transaction transaction, ChainSettings chain, long from, Guid caller, CancellationToken cancellationToken)
    {
        ChainCursor cursor = await ChainCursorTable.FindAsync(transaction, chain.Id, cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "The chain was never followed.");
        long first = Math.Max(1, chain.StartBlock);
        if (from < first || from > cursor.Block.Number)
        {
            throw new FailureException(new Failure(
                FailureCode.InvalidRequest, $"The block must lie between {first} and {cursor.Block.Number}.")
            {
                Field = "from",
            });
        }

        ChainResync row = await ChainResyncTable.AddAsync(transaction, chain.Id, from, caller, cancellationToken)
            ?? throw new FailureException(FailureCode.Conflict, "Another resync of the chain is not finished.");
        await Audit.AppendAsync(
            transaction, caller, "chain.resync", $"chain/{chain.Id}", $$"""{"from":{{from}},"resync":"{{row.Id}}"}""",
            cancellationToken);
        await ChainFollower.KickAsync(transaction, chain.Id, cancellationToken);
        return ResyncView.Of(row);
    }
}
