using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>GET /v1/admin/chains</c>: how far each chain has been read, and what went on there.</summary>
internal static class ListChains
{
    private const string ListSql = """
        SELECT chain_id, number, block_time, hinted_block, hinted_at, gaps_healed, reorgs, reorg_depth, reorged_at,
            halted_reason, halted_at, head_number, head_time, head_seen_at, safe_number, finalized_number, log_blocks
        FROM chain_cursors ORDER BY chain_id LIMIT 1000
        """;

    /// <param name="ChainId">The chain.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="BlockNumber">The last block read; null before the first.</param>
    /// <param name="BlockTime">That block's own time.</param>
    /// <param name="Head">The chain's head as last seen; null before the first look.</param>
    /// <param name="LagBlocks">How many blocks of that head are not read yet.</param>
    /// <param name="LagSeconds">How long before the head's time the last block read is.</param>
    /// <param name="HintedBlock">The highest block any hint spoke of.</param>
    /// <param name="LastWebhookAt">When a provider last hinted.</param>
    /// <param name="GapsHealed">Blocks with logs of ours that the schedule found and no hint had spoken of.</param>
    /// <param name="Reorgs">How many reorganisations were unwound.</param>
    /// <param name="LastReorgDepth">How many blocks the last one undid.</param>
    /// <param name="LastReorgAt">When that was.</param>
    /// <param name="LogBlocks">How many blocks one read of logs asks for now.</param>
    /// <param name="HaltedReason">Why following stopped; null while it goes on.</param>
    /// <param name="HaltedAt">When it stopped.</param>
    internal sealed record ChainView(
        ChainId ChainId,
        string Name,
        long? BlockNumber = null,
        DateTimeOffset? BlockTime = null,
        HeadView? Head = null,
        long? LagBlocks = null,
        long? LagSeconds = null,
        long? HintedBlock = null,
        DateTimeOffset? LastWebhookAt = null,
        long GapsHealed = 0,
        long Reorgs = 0,
        long? LastReorgDepth = null,
        DateTimeOffset? LastReorgAt = null,
        long? LogBlocks = null,
        string? HaltedReason = null,
        DateTimeOffset? HaltedAt = null)
    {
        /// <summary>The collections whose past is still being read.</summary>
        public IReadOnlyList<BackfillView> Backfills { get; init; } = [];
    }

    /// <param name="BlockNumber">The newest block.</param>
    /// <param name="BlockTime">That block's own time.</param>
    /// <param name="SeenAt">When it was seen.</param>
    /// <param name="SafeBlock">The newest block that is unlikely to be orphaned; null where none is named.</param>
    /// <param name="FinalBlock">The newest final block: the chain's own word, else by the number of
    /// confirmations.</param>
    /// <param name="HasFinalityTags">Whether that is the chain's own word.</param>
    internal sealed record HeadView(
        long BlockNumber,
        DateTimeOffset BlockTime,
        DateTimeOffset SeenAt,
        long? SafeBlock,
        long FinalBlock,
        bool HasFinalityTags);

    /// <param name="Contract">The collection's contract.</param>
    /// <param name="FromBlock">The first block whose logs count.</param>
    /// <param name="BackfilledTo">The last block read on its own.</param>
    internal sealed record BackfillView(Address Contract, long FromBlock, long BackfilledTo);

    internal sealed record Response(IReadOnlyList<ChainView> Chains);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/admin/chains", HandleAsync).RequireAdminScope(RoleScopes.OpsRead);

    internal static async Task<Response> HandleAsync(
        ChainRegistry chains, Database database, CancellationToken cancellationToken)
    {
        (List<ChainView> followed, List<Collection> collections) = await database.ReadAsync(
            async transaction => (
                await transaction.ListAsync(ListSql, [], row => Read(row, chains), cancellationToken),
                await CollectionTable.ListAsync(transaction, chain: null, cancellationToken)),
            cancellationToken);
        ILookup<ChainId, BackfillView> backfills = collections.Where(row => !row.IsLive).ToLookup(
            row => row.ChainId, row => new BackfillView(row.Contract, row.FollowedFrom, row.BackfilledTo));
        return new Response(
        [
            .. chains.All.Select(chain =>
                (followed.Find(view => view.ChainId == chain.Id) ?? new ChainView(chain.Id, chain.Name)) with
                {
                    Backfills = [.. backfills[chain.Id]],
                }),
        ]);
    }

    private static ChainView Read(Row row, ChainRegistry chains)
    {
        ChainId id = row.ChainId(0);
        bool isServed = chains.TryGet(id, out ChainSettings? chain);
        HeadView? head = row.IsNull(11) ? null : ReadHead(row, isServed ? chain!.Confirmations : 1);
        return new ChainView(
            id,
            isServed ? chain!.Name : "",
            row.Bigint(1),
            row.Instant(2),
            head,
            head is null ? null : Math.Max(0, head.BlockNumber - row.Bigint(1)),
            head is null ? null : (long)Math.Max(0, (head.BlockTime - row.Instant(2)).TotalSeconds),
            row.Bigint(3),
            row.InstantOrNull(4),
            row.Bigint(5),
            row.Bigint(6),
            row.BigintOrNull(7),
            row.InstantOrNull(8),
            row.BigintOrNull(16),
            row.TextOrNull(9),
            row.InstantOrNull(10));
    }

    private static HeadView ReadHead(Row row, int confirmations) => new(
        row.Bigint(11),
        row.Instant(12),
        row.Instant(13),
        row.BigintOrNull(14),
        row.BigintOrNull(15) ?? Math.Max(0, row.Bigint(11) - confirmations + 1),
        HasFinalityTags: !row.IsNull(15));
}
