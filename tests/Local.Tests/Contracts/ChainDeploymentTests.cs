using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Local.Servers;

namespace Souk.Local.Tests.Contracts;

public sealed class ChainDeploymentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(3600)]
    public async Task Deploys_everything_however_the_node_mines(int? blockSeconds)
    {
        EvmNodeOptions options = new(new ChainId(1))
        {
            BlockTime = blockSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        await using EvmNode node = await EvmNode.StartAsync(options, Token);
        Address owner = node.Accounts[0];
        long startedAt = Stopwatch.GetTimestamp();

        DeployedChain chain = await ChainDeployment.DeployAsync(
            node, new ChainParties(owner, node.Accounts[1], owner, node.Accounts[2], node.Accounts[3], 500), Token);

        TestContext.Current.SendDiagnosticMessage($"Deployed in {Stopwatch.GetElapsedTime(startedAt)}.");
        Assert.Equal(1UL, chain.StartBlock);
        Address[] contracts = [chain.ConduitController, chain.Seaport, chain.Zone, chain.Collection];
        Assert.Equal(4, contracts.Distinct().Count());
        foreach (Address contract in contracts) Assert.True(await CodeLengthAsync(node, contract) > 1_000);
    }

    private static async Task<int> CodeLengthAsync(EvmNode node, Address contract)
    {
        string? code = (await node.Rpc.SendAsync("eth_getCode", [contract.ToString(), "latest"], Token)).GetString();
        return (code!.Length - 2) / 2;
    }
}
