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
                ["Chains:0:Currencies:0"] = "0x00000000000000000000000000000000000000c1",
            })
            .Build();
        ServiceProvider services = new ServiceCollection().AddChains(settings).BuildServiceProvider();

        ChainSettings chain = services.GetRequiredService<ChainRegistry>().Get(new ChainId(137));

        Assert.Equal(("polygon", TimeSpan.FromSeconds(2.5), 250), (chain.Name, chain.BlockTime, chain.PlatformFeeBps));
        Assert.Equal([Address.Parse("0x00000000000000000000000000000000000000c1")], chain.Currencies);
    }

    [Fact]
    public void Falls_back_to_Alchemys_own_address_of_the_network() =>
        Assert.Equal(
            "https://eth-mainnet.g.alchemy.com/v2", ChainRegistry.Create([Good()]).All[0].RpcUrl.ToString());

    [Theory]
    [InlineData(25, 21_000, 26_250)]
    [InlineData(0, 21_000, 21_000)]
    [InlineData(150, 1_000_000, 2_500_000)]
    [InlineData(25, long.MaxValue, long.MaxValue)]
    public void Leaves_gas_for_what_the_estimate_does_not_know(int percent, long estimate, long limit)
    {
        ChainOptions options = Good();
        options.GasMarginPercent = percent;

        Assert.Equal(limit, ChainRegistry.Create([options]).All[0].GasLimitFor(estimate));
    }

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
            GasMarginPercent = -1,
            Currencies = { "", "0x12" },
        };

        OptionsValidationException refused =
            Assert.Throws<OptionsValidationException>(() => ChainRegistry.Create([bad]));

        Assert.Equal(10, refused.Failures.Count());
    }

    [Fact]
    public void Refuses_a_chain_that_stands_twice() =>
        Assert.Throws<OptionsValidationException>(() => ChainRegistry.Create([Good(), Good()]));

    [Fact]
    public void Refuses_to_have_no_chain() =>
        Assert.Throws<OptionsValidationException>(() => ChainRegistry.Create([]));

    [Fact]
    public void Reads_the_webhooks_of_a_chain()
    {
        IConfiguration settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Chains:0:Id"] = "1",
                ["Chains:0:Name"] = "ethereum",
                ["Chains:0:AlchemyNetwork"] = "eth-mainnet",
                ["Chains:0:Hooks:0:Name"] = "ethereum-nfts",
                ["Chains:0:Hooks:0:Purpose"] = "collections",
                ["Chains:0:Hooks:1:Name"] = "ethereum-wallets",
                ["Chains:0:Hooks:1:Purpose"] = "wallets",
                ["Chains:0:Hooks:1:WebhookId"] = "wh_1",
            })
            .Build();
        ServiceProvider services = new ServiceCollection().AddChains(settings).BuildServiceProvider();

        Assert.Equal(
            [
                new HookSettings("ethereum-nfts", null, HookPurpose.Collections),
                new HookSettings("ethereum-wallets", "wh_1", HookPurpose.Wallets),
            ],
            services.GetRequiredService<ChainRegistry>().All[0].Hooks);
    }

    [Fact]
    public void Refuses_a_webhook_without_a_name_or_a_known_purpose_and_one_that_stands_twice()
    {
        ChainOptions bad = Good();
        bad.Hooks = [new HookOptions(), Hook("one"), Hook("one")];

        OptionsValidationException refused =
            Assert.Throws<OptionsValidationException>(() => ChainRegistry.Create([bad]));

        Assert.Equal(3, refused.Failures.Count());
    }

    [Theory]
    [InlineData("MATIC_MAINNET", true)]
    [InlineData("MATICMAINNET", true)]
    [InlineData("ETH_MAINNET", false)]
    [InlineData(null, false)]
    public void Knows_its_network_in_either_spelling(string? name, bool isIts)
    {
        ChainOptions polygon = Good();
        polygon.NotifyNetwork = "MATIC_MAINNET";

        Assert.Equal(isIts, ChainRegistry.Create([polygon]).All[0].IsNotifyNetwork(name));
    }

    private static HookOptions Hook(string name) => new() { Name = name, Purpose = "orders" };

    private static ChainOptions Good() => new() { Id = 1, Name = "ethereum", AlchemyNetwork = "eth-mainnet" };
}
