using Souk.Local.Demo;
using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local.Tests.Story;

public sealed class StoryTests
{
    [Fact]
    public async Task The_first_sale_holds_on_both_chains_and_leaves_no_secret_in_any_log()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        WorldOptions world = new() { Chains = LocalChain.All, BlockTime = TimeSpan.FromSeconds(1) };
        await using LocalPlatform platform =
            await LocalPlatform.StartAsync(world, new FleetOptions(), _ => { }, cancellationToken);
        StepPrinter printer = new(line => TestContext.Current.TestOutputHelper?.WriteLine(line));
        using ApiClient api = new(platform.Functions.UrlOf);

        await Task.WhenAll(platform.World.Chains.Select(chain =>
            new Demo.Story(platform, chain, api, printer).TellAsync(cancellationToken)));

        await LogInspection.RequireNoSecretsAsync(platform, api.Sensitive, printer, cancellationToken);
        Assert.Empty(platform.World.Broker.DeadLetters);
    }
}
