using System.Globalization;
using Souk.Architecture.Tests.Tree;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Architecture.Tests.Functions;

public sealed class FailureTableTests
{
    [Fact]
    public void Every_code_has_one_row_in_the_order_of_the_codes() =>
        Assert.Equal(Enum.GetValues<FailureCode>(), FailureStatus.All.Select(row => row.Code));

    [Fact]
    public void A_wire_name_is_its_code_in_snake_case()
    {
        Assert.All(FailureStatus.All, row => Assert.Equal(
            row.Code.ToString(),
            string.Concat(row.Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));
    }

    [Fact]
    public void A_status_says_whose_turn_it_is()
    {
        Assert.All(FailureStatus.All, row => Assert.InRange(row.Status, 400, 599));
        Assert.All(FailureStatus.All.Where(row => row.Status >= 500), row => Assert.True(row.IsRetryable, row.Name));
        Assert.All(FailureStatus.All, row => Assert.EndsWith(".", row.Title, StringComparison.Ordinal));
    }

    [Fact]
    public void The_readme_prints_the_table()
    {
        IEnumerable<string> rows = FailureStatus.All.Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"| `{row.Name}` | {row.Status} | {(row.IsRetryable ? "yes" : "no")} | {row.Title} |\n"));

        Golden.IsSection(
            "README.md",
            "failures",
            "| code | status | try again | title |\n|---|---|---|---|\n" + string.Concat(rows),
            "the table of failures");
    }
}
