using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Chain;

public sealed class ResyncStatusTests
{
    [Fact]
    public void Moves_only_as_the_table_says()
    {
        string[] legal =
        [
            "Requested Staging", "Requested Failed", "Staging Staging", "Staging Done", "Staging Failed",
        ];

        foreach (ResyncStatus from in Enum.GetValues<ResyncStatus>())
        {
            foreach (ResyncStatus to in Enum.GetValues<ResyncStatus>())
                Assert.Equal(legal.Contains($"{from} {to}"), ResyncLifecycle.CanMove(from, to));
        }
    }
}
