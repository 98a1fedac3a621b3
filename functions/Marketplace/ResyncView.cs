using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>A rebuilding of what derives from a chain, as operators see it.</summary>
/// <param name="Id">Which.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="FromBlock">The first block that is read anew.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="StagedTo">The last block whose logs were kept aside.</param>
/// <param name="Logs">How many logs were kept aside.</param>
/// <param name="Restarts">How often it began anew, because the chain or the contracts changed under it.</param>
/// <param name="WasHalted">Whether it ended a halt: then a difference was to be expected.</param>
/// <param name="IsEqual">Whether the rebuilt state is what was there before; null until it is done.</param>
/// <param name="Tables">The proof: each table's rows and digest before and after.</param>
/// <param name="FailedReason">Why it was given up.</param>
/// <param name="FinishedAt">When it ended.</param>
internal sealed record ResyncView(
    Guid Id,
    ChainId ChainId,
    long FromBlock,
    ResyncStatus Status,
    DateTimeOffset RequestedAt,
    long? StagedTo,
    long Logs,
    int Restarts,
    bool? WasHalted,
    bool? IsEqual,
    IReadOnlyList<RebuiltTable> Tables,
    string? FailedReason,
    DateTimeOffset? FinishedAt)
{
    internal static ResyncView Of(ChainResync row) => new(
        row.Id,
        row.ChainId,
        row.FromBlock,
        row.Status,
        row.RequestedAt,
        row.Staged?.Number,
        row.Logs,
        row.Restarts,
        row.WasHalted,
        row.IsEqual,
        row.TablesJson is null
            ? []
            : JsonSerializer.Deserialize(row.TablesJson, MarketplaceJson.Default.IReadOnlyListRebuiltTable)!,
        row.FailedReason,
        row.FinishedAt);
}

/// <summary>A derived table before and after it was rebuilt.</summary>
/// <param name="Table">The table.</param>
/// <param name="IsEqual">Whether both are the same, byte for byte.</param>
/// <param name="RowsBefore">How many rows there were.</param>
/// <param name="RowsAfter">How many rows there are.</param>
/// <param name="Sha256Before">The digest of the rows before.</param>
/// <param name="Sha256After">The digest of the rows after.</param>
internal sealed record RebuiltTable(
    string Table, bool IsEqual, long RowsBefore, long RowsAfter, string Sha256Before, string Sha256After)
{
    internal static RebuiltTable Of(TableDigest before, TableDigest after) =>
        new(before.Table, before == after, before.Rows, after.Rows, before.Sha256, after.Sha256);
}
