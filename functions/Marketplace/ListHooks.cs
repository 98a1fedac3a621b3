using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>GET /v1/admin/hooks</c>: the webhooks of the settings, and how they are at their provider.</summary>
internal static class ListHooks
{
    /// <param name="Name">The name in its address.</param>
    /// <param name="ChainId">The chain.</param>
    /// <param name="Purpose">What it is for.</param>
    /// <param name="IsActive">False: it is paused; null: the provider lists none, or was never asked.</param>
    /// <param name="WantedCount">How much it is to watch; null when its list is kept by hand.</param>
    /// <param name="WatchedCount">How much it watched when it was last seen; null likewise.</param>
    /// <param name="SyncedAt">When it was last seen to be as it should.</param>
    /// <param name="Resumes">How often it was paused and asked to go on.</param>
    /// <param name="ResumedAt">When that was last asked.</param>
    /// <param name="Failure">What last went wrong; mended if that was before it was last as it should.</param>
    /// <param name="FailedAt">When that was.</param>
    internal sealed record HookView(
        string Name,
        ChainId ChainId,
        HookPurpose Purpose,
        bool? IsActive,
        long? WantedCount,
        long? WatchedCount,
        DateTimeOffset? SyncedAt,
        long Resumes,
        DateTimeOffset? ResumedAt,
        string? Failure,
        DateTimeOffset? FailedAt)
    {
        internal static HookView Of(ChainSettings chain, HookSettings hook, Hook row) => new(
            hook.Name, chain.Id, hook.Purpose, row.IsActive, row.WantedCount, row.WatchedCount, row.SyncedAt,
            row.Resumes, row.ResumedAt, row.Failure, row.FailedAt);
    }

    internal sealed record Response(IReadOnlyList<HookView> Hooks);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/admin/hooks", HandleAsync).RequireAdminScope(RoleScopes.OpsRead);

    internal static async Task<Response> HandleAsync(
        ChainRegistry chains, Database database, CancellationToken cancellationToken)
    {
        Dictionary<string, Hook> known = await database.ReadAsync(
            transaction => HookTable.ListAsync(transaction, cancellationToken), cancellationToken);
        return new Response([.. chains.All.SelectMany(chain => chain.Hooks.Select(
            hook => HookView.Of(chain, hook, known.GetValueOrDefault(hook.Name, new Hook(hook.Name)))))]);
    }
}
