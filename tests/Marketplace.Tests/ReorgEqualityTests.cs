using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>After a reorganisation everything is as if the orphaned blocks had never been.</summary>
public sealed class ReorgEqualityTests(WitnessFixture fixture) : ReorgTest(fixture), IClassFixture<WitnessFixture>
{
    public static TheoryData<int, OrphansWebhook> EachDepthAndTime()
    {
        TheoryData<int, OrphansWebhook> cases = [];
        foreach (int depth in Enumerable.Range(1, Market.ReorgDepthMax))
        {
            foreach (OrphansWebhook webhook in Enum.GetValues<OrphansWebhook>()) cases.Add(depth, webhook);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(EachDepthAndTime))]
    public Task Blocks_that_left_the_chain_leave_no_trace(int depth, OrphansWebhook webhook) =>
        RequireNoTraceAsync(depth, webhook);
}
