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
