using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;

namespace Souk.Local.Servers;

/// <summary>The parties that a chain's contracts are made with.</summary>
/// <param name="ZoneOwner">Who may add and remove the zone's signers.</param>
/// <param name="ZoneSigner">The zone's first signer: the address of Marketplace's zone key.</param>
/// <param name="CollectionOwner">Who owns the demo collection.</param>
/// <param name="CollectionMinter">Who may mint in it besides its owner, such as a Signing signer.</param>
/// <param name="RoyaltyReceiver">Who gets its royalties.</param>
/// <param name="RoyaltyBps">Its royalty in basis points, 0 to 10,000.</param>
public sealed record ChainParties(
    Address ZoneOwner,
    Address ZoneSigner,
    Address CollectionOwner,
    Address CollectionMinter,
    Address RoyaltyReceiver,
    int RoyaltyBps);

/// <summary>Where a chain's contracts are.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Rpc">Its node.</param>
/// <param name="Seaport">Seaport 1.6.</param>
/// <param name="ConduitController">The conduit controller that Seaport trusts.</param>
/// <param name="Zone">Souk's zone.</param>
/// <param name="Collection">The demo collection.</param>
/// <param name="Weth">The chain's coin as an ERC-20.</param>
/// <param name="StartBlock">The first block that can hold a log of any of them.</param>
public sealed record DeployedChain(
    ChainId ChainId,
    Uri Rpc,
    Address Seaport,
    Address ConduitController,
    Address Zone,
    Address Collection,
    Address Weth,
    ulong StartBlock);

/// <summary>Puts Seaport, Souk's zone, the demo collection and WETH on a fresh chain.</summary>
public static class ChainDeployment
{
    // The last account, so that the others' nonces start at 0; its own nonces make the addresses the same on each
    // fresh chain, as the real Seaport's are.
    private const int DeployerIndex = 9;

    // Five deployments at this limit still fit one block of 30,000,000 gas; Seaport needs 5,160,000.
    private const string DeploymentGas = "0x5b8d80";

    /// <summary>Deploys all of them in order and answers once they are mined, however the node mines.</summary>
    /// <exception cref="InvalidOperationException">A deployment failed.</exception>
    public static async Task<DeployedChain> DeployAsync(
        EvmNode node, ChainParties parties, CancellationToken cancellationToken)
    {
        ContractArtifacts seaport = await ContractArtifacts.ReadSeaportAsync(cancellationToken);
        Address deployer = node.Accounts[DeployerIndex];
        ulong nonce = await node.Rpc.GetNonceAsync(deployer, cancellationToken);
        Address[] at =
            [.. Enumerable.Range(0, 5).Select(index => Address.OfContract(deployer, nonce + (ulong)index))];
        byte[][] creations =
        [
            seaport.ConduitController,
            [.. seaport.Seaport, .. Word(at[0])],
            [.. ContractArtifacts.ReadOwn("SoukZone"), .. Word(at[1]),
                .. Word(parties.ZoneOwner), .. Word(parties.ZoneSigner)],
            [.. ContractArtifacts.ReadOwn("DemoCollection"), .. Word(parties.CollectionOwner),
                .. Word(parties.CollectionMinter), .. Word(parties.RoyaltyReceiver),
                .. Word((ulong)parties.RoyaltyBps)],
            ContractArtifacts.ReadOwn("DemoWeth"),
        ];

        ulong startBlock = await node.Rpc.GetBlockNumberAsync(cancellationToken) + 1;
        List<TransactionHash> sent = [];
        for (int index = 0; index < creations.Length; index++)
            sent.Add(await SendAsync(node, deployer, nonce + (ulong)index, creations[index], cancellationToken));

        await node.MineAsync(1, cancellationToken);
        for (int index = 0; index < sent.Count; index++)
            await CheckAsync(node, sent[index], at[index], cancellationToken);

        return new DeployedChain(node.ChainId, node.RpcUrl, at[1], at[0], at[2], at[3], at[4], startBlock);
    }

    /// <summary>Deploys one more contract, such as a test token, and answers its address once it is mined.</summary>
    /// <param name="node">The chain.</param>
    /// <param name="creation">Creation bytecode followed by the constructor's encoded arguments.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidOperationException">The deployment failed.</exception>
    public static async Task<Address> DeployOneAsync(
        EvmNode node, byte[] creation, CancellationToken cancellationToken)
    {
        Address deployer = node.Accounts[DeployerIndex];
        ulong nonce = await node.Rpc.GetNonceAsync(deployer, cancellationToken);
        TransactionHash sent = await SendAsync(node, deployer, nonce, creation, cancellationToken);
        await node.MineAsync(1, cancellationToken);
        Address at = Address.OfContract(deployer, nonce);
        await CheckAsync(node, sent, at, cancellationToken);
        return at;
    }

    private static byte[] Word(Address address) => [.. new byte[12], .. address.ToArray()];

    private static byte[] Word(UInt256 value) => value.ToBytes32().ToArray();

    private static async Task<TransactionHash> SendAsync(
        EvmNode node, Address deployer, ulong nonce, byte[] creation, CancellationToken cancellationToken)
    {
        JsonObject transaction = new()
        {
            ["from"] = deployer.ToString(),
            ["nonce"] = ((UInt256)nonce).ToHexQuantity(),
            ["gas"] = DeploymentGas,
            ["data"] = Hex.Encode(creation),
        };
        JsonElement hash = await node.Rpc.SendAsync("eth_sendTransaction", [transaction], cancellationToken);
        return TransactionHash.Parse(hash.GetString()!);
    }

    private static async Task CheckAsync(
        EvmNode node, TransactionHash hash, Address expected, CancellationToken cancellationToken)
    {
        JsonElement receipt = await node.Rpc.WaitForReceiptAsync(hash, cancellationToken);
        if (RpcConnection.ReadQuantity(receipt.GetProperty("status")) != 1)
            throw new InvalidOperationException($"The contract for {expected} was not deployed on {node.ChainId}.");
    }
}
