using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>GET /v1/admin/chains</c>: how far each chain has been read.</summary>
internal static class ListChains
{
    /// <param name="ChainId">The chain.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="BlockNumber">The last block read; null before the first.</param>
    /// <param name="BlockTime">That block's own time.</param>
    /// <param name="HintedBlock">The highest block any hint spoke of.</param>
    /// <param name="Reorgs">How many reorganisations were unwound.</param>
    /// <param name="HaltedReason">Why following stopped; null while it goes on.</param>
    internal sealed record ChainView(
        ChainId ChainId,
        string Name,
        long? BlockNumber,
        DateTimeOffset? BlockTime,
        long? HintedBlock,
        long? Reorgs,
        string? HaltedReason);

    internal sealed record Response(IReadOnlyList<ChainView> Chains);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/admin/chains", HandleAsync).RequireAdminScope(RoleScopes.OpsRead);

    internal static async Task<Response> HandleAsync(
        ChainRegistry chains, Database database, CancellationToken cancellationToken)
    {
        List<ChainView> views = [];
        foreach (ChainSettings chain in chains.All)
        {
            ChainCursor? cursor = await database.ReadAsync(
                transaction => ChainCursorTable.FindAsync(transaction, chain.Id, cancellationToken), cancellationToken);
            views.Add(new ChainView(
                chain.Id, chain.Name, cursor?.Block.Number, cursor?.Block.Time, cursor?.HintedBlock, cursor?.Reorgs,
                cursor?.HaltedReason));
        }

        return new Response(views);
    }
}
