using Souk.Domain.Chain;
using Souk.Local.Servers;
using Souk.Local.StandIns;

namespace Souk.Local.Outside;

/// <summary>A running chain with its contracts, and the parties they were made with.</summary>
/// <remarks>
/// The node's own accounts 5 to 9 belong to the platform and the deployer; 0 to 4 are free for whoever tries things.
/// </remarks>
public sealed class WorldChain : IAsyncDisposable
{
    /// <summary>The demo collection's royalty, in basis points.</summary>
    public const int RoyaltyBps = 500;

    /// <summary>The platform's fee, in basis points.</summary>
    public const int PlatformFeeBps = 250;

    private const int FeeRecipientIndex = 5;
    private const int RoyaltyReceiverIndex = 6;
    private const int CollectionOwnerIndex = 7;
    private const int ZoneOwnerIndex = 8;

    // More than any story spends.
    private static readonly Wei SignerBalance = Wei.Parse("100000000000000000000");

    private WorldChain(LocalChain plan, EvmNode node, IReadOnlyList<MetaKeepApp> signers, DeployedChain contracts)
    {
        Plan = plan;
        Node = node;
        Signers = signers;
        Contracts = contracts;
    }

    /// <summary>Which chain it stands for.</summary>
    public LocalChain Plan { get; }

    /// <summary>Its node.</summary>
    public EvmNode Node { get; }

    /// <summary>The MetaKeep apps whose wallets are the platform's signers here.</summary>
    public IReadOnlyList<MetaKeepApp> Signers { get; }

    /// <summary>The first of them: the chain's default; it may mint in the collection.</summary>
    public MetaKeepApp Signer => Signers[0];

    /// <summary>Where Seaport, the zone, the demo collection and WETH are.</summary>
    public DeployedChain Contracts { get; }

    /// <summary>Who gets the platform's fee.</summary>
    public Address FeeRecipient => Node.Accounts[FeeRecipientIndex];

    /// <summary>Who gets the collection's royalties.</summary>
    public Address RoyaltyReceiver => Node.Accounts[RoyaltyReceiverIndex];

    /// <summary>Who may add and remove the zone's signers.</summary>
    public Address ZoneOwner => Node.Accounts[ZoneOwnerIndex];

    /// <summary>What the settings call a signer: the chain's name, and a number from the second on.</summary>
    public string NameOf(MetaKeepApp signer)
    {
        int index = Signers.Index().First(it => it.Item == signer).Index;
        return index == 0 ? Plan.Name : $"{Plan.Name}-{index + 1}";
    }

    internal AlchemyNetwork Network => new(
        Plan.Id, Plan.AlchemyNetwork, Plan.NotifyNetwork, Plan.CurrencySymbol, Node.RpcUrl);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Node.DisposeAsync();

    internal static async Task<WorldChain> StartAsync(
        LocalChain plan,
        IReadOnlyList<MetaKeepApp> signers,
        Address zoneSigner,
        TimeSpan? blockTime,
        CancellationToken cancellationToken)
    {
        EvmNode node = await EvmNode.StartAsync(new EvmNodeOptions(plan.Id), cancellationToken);
        try
        {
            ChainParties parties = new(
                ZoneOwner: node.Accounts[ZoneOwnerIndex],
                ZoneSigner: zoneSigner,
                CollectionOwner: node.Accounts[CollectionOwnerIndex],
                CollectionMinter: signers[0].Wallet.Address,
                RoyaltyReceiver: node.Accounts[RoyaltyReceiverIndex],
                RoyaltyBps);
            DeployedChain contracts = await ChainDeployment.DeployAsync(node, parties, cancellationToken);
            foreach (MetaKeepApp signer in signers)
                await node.SetBalanceAsync(signer.Wallet.Address, SignerBalance, cancellationToken);
            if (blockTime is not null) await node.SetIntervalMiningAsync(blockTime, cancellationToken);
            return new WorldChain(plan, node, signers, contracts);
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }
}
