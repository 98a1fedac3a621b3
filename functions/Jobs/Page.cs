using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Jobs;

/// <summary>How the operators' lists are paged: newest first, by the last row of the page before.</summary>
internal static class Page
{
    private const int RowsDefault = 50;
    private const int RowsMax = 200;

    internal static int Rows(int? limit) => limit switch
    {
        null => RowsDefault,
        >= 1 and <= RowsMax => limit.Value,
        _ => throw new FailureException(new Failure(
            FailureCode.InvalidRequest, $"The limit must lie between 1 and {RowsMax}.") { Field = "limit" }),
    };

    /// <summary>Asks for the next page; null when this was the last.</summary>
    internal static string? Next<T>(List<T> page, int rowsMax, Func<T, KeysetCursor> cursorOf) =>
        page.Count < rowsMax ? null : cursorOf(page[^1]).ToString();
}
