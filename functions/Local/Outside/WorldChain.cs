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

    private WorldChain(LocalChain plan, EvmNode node, MetaKeepApp signer, DeployedChain contracts)
    {
        Plan = plan;
        Node = node;
        Signer = signer;
        Contracts = contracts;
    }

    /// <summary>Which chain it stands for.</summary>
    public LocalChain Plan { get; }

    /// <summary>Its node.</summary>
    public EvmNode Node { get; }

    /// <summary>The MetaKeep app whose wallet is the platform's signer here; it may mint in the collection.</summary>
    public MetaKeepApp Signer { get; }

    /// <summary>Where Seaport, the zone and the demo collection are.</summary>
    public DeployedChain Contracts { get; }

    /// <summary>Who gets the platform's fee.</summary>
    public Address FeeRecipient => Node.Accounts[FeeRecipientIndex];

    /// <summary>Who gets the collection's royalties.</summary>
    public Address RoyaltyReceiver => Node.Accounts[RoyaltyReceiverIndex];

    /// <summary>Who may add and remove the zone's signers.</summary>
    public Address ZoneOwner => Node.Accounts[ZoneOwnerIndex];

    internal AlchemyNetwork Network => new(
        Plan.Id, Plan.AlchemyNetwork, Plan.NotifyNetwork, Plan.CurrencySymbol, Node.RpcUrl);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Node.DisposeAsync();

    internal static async Task<WorldChain> StartAsync(
        LocalChain plan,
        MetaKeepApp signer,
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
                CollectionMinter: signer.Wallet.Address,
                RoyaltyReceiver: node.Accounts[RoyaltyReceiverIndex],
                RoyaltyBps);
            DeployedChain contracts = await ChainDeployment.DeployAsync(node, parties, cancellationToken);
            await node.SetBalanceAsync(signer.Wallet.Address, SignerBalance, cancellationToken);
            if (blockTime is not null) await node.SetIntervalMiningAsync(blockTime, cancellationToken);
            return new WorldChain(plan, node, signer, contracts);
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }
}
