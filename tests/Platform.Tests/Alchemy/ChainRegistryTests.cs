using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;

namespace Souk.Platform.Tests.Alchemy;

public sealed class ChainRegistryTests
{
    [Fact]
    public void Says_chain_unknown_for_another_chain()
    {
        ChainRegistry chains = ChainRegistry.Create([Good()]);

        FailureException failed = Assert.Throws<FailureException>(() => chains.Get(new ChainId(5)));

        Assert.Equal(FailureCode.ChainUnknown, failed.Failure.Code);
    }

    [Fact]
    public void Reads_the_chains_of_the_settings()
    {
        IConfiguration settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Chains:0:Id"] = "137",
                ["Chains:0:Name"] = "polygon",
                ["Chains:0:RpcUrl"] = "http://127.0.0.1:1/",
                ["Chains:0:BlockSeconds"] = "2.5",
                ["Chains:0:PlatformFeeBps"] = "250",
            })
            .Build();
        ServiceProvider services = new ServiceCollection().AddChains(settings).BuildServiceProvider();

        ChainSettings chain = services.GetRequiredService<ChainRegistry>().Get(new ChainId(137));

        Assert.Equal(("polygon", TimeSpan.FromSeconds(2.5), 250), (chain.Name, chain.BlockTime, chain.PlatformFeeBps));
    }

    [Fact]
    public void Falls_back_to_Alchemys_own_address_of_the_network() =>
        Assert.Equal(
            "https://eth-mainnet.g.alchemy.com/v2", ChainRegistry.Create([Good()]).All[0].RpcUrl.ToString());

    [Fact]
    public void Tells_every_fault_at_once()
    {
        ChainOptions bad = new()
        {
            Id = 0,
            RpcUrl = "ftp://node",
            Seaport = "0x12",
            Confirmations = 0,
            PlatformFeeBps = 10_001,
            FeePerGasWeiMax = "-1",
        };

        OptionsValidationException refused =
            Assert.Throws<OptionsValidationException>(() => ChainRegistry.Create([bad]));

        Assert.Equal(7, refused.Failures.Count());
    }

    [Fact]
    public void Refuses_a_chain_that_stands_twice() =>
        Assert.Throws<OptionsValidationException>(() => ChainRegistry.Create([Good(), Good()]));

    [Fact]
    public void Refuses_to_have_no_chain() =>
        Assert.Throws<OptionsValidationException>(() => ChainRegistry.Create([]));

    private static ChainOptions Good() => new() { Id = 1, Name = "ethereum", AlchemyNetwork = "eth-mainnet" };
}
