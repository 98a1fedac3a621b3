using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Servers;

namespace Souk.Harness.Trading;

/// <summary>A person's own wallet: a key that signs typed data, and EIP-1559 transactions for a node to mine.</summary>
/// <param name="node">The node it sends to.</param>
/// <param name="key">Its key.</param>
public sealed class Wallet(EvmNode node, PrivateKey key)
{
    // More than any fill; given, so that what would revert is mined and not refused by an estimate.
    private const ulong GasLimit = 1_000_000;

    private static readonly Wei Tip = Wei.FromUlong(1_000_000_000);
    private static readonly Wei FeeMax = Wei.FromUlong(20_000_000_000);

    /// <summary>Its account.</summary>
    public Address Address => key.Address;

    /// <summary>Signs typed data as a wallet shows it, <c>eth_signTypedData_v4</c>: 65 octets, hexadecimal.</summary>
    public string Sign(JsonElement typedData) => Sign(TypedData.FromJson(typedData).Digest());

    /// <summary>Signs a digest: 65 octets, hexadecimal.</summary>
    public string Sign(Bytes32 digest) => Hex.Encode(key.Sign(digest).ToArray());

    /// <summary>What it has, in wei.</summary>
    public Task<Wei> BalanceAsync(CancellationToken cancellationToken) =>
        node.Rpc.GetBalanceAsync(Address, cancellationToken);

    /// <summary>Signs a transaction, as octets to broadcast.</summary>
    public async Task<byte[]> SignAsync(Address to, byte[] data, Wei value, CancellationToken cancellationToken)
    {
        ulong nonce = await node.Rpc.GetNonceAsync(Address, cancellationToken);
        Eip1559Transaction transaction = new(node.ChainId, nonce, Tip, FeeMax, GasLimit, to, value, data);
        return transaction.Encode(key.Sign(transaction.SigningHash()));
    }

    /// <summary>Signs the transaction that a step of the marketplace asks for.</summary>
    public Task<byte[]> SignAsync(JsonElement step, CancellationToken cancellationToken) => SignAsync(
        Address.Parse(step.GetProperty("to").GetString()!),
        Hex.Decode(step.GetProperty("data").GetString()),
        Wei.Parse(step.GetProperty("valueWei").GetString()!),
        cancellationToken);

    /// <summary>Broadcasts octets and answers the transaction's name; it may wait in the node's pool.</summary>
    public async Task<TransactionHash> BroadcastAsync(byte[] raw, CancellationToken cancellationToken)
    {
        await node.Rpc.SendAsync("eth_sendRawTransaction", [JsonValue.Create(Hex.Encode(raw))], cancellationToken);
        return Eip1559Transaction.HashOf(raw);
    }

    /// <summary>Sends a step and waits until it is mined.</summary>
    public async Task<MinedTransaction> SendAsync(JsonElement step, CancellationToken cancellationToken) =>
        await MineAsync(await SignAsync(step, cancellationToken), cancellationToken);

    /// <summary>Sends a call and waits until it is mined.</summary>
    public async Task<MinedTransaction> SendAsync(
        Address to, byte[] data, CancellationToken cancellationToken) =>
        await MineAsync(await SignAsync(to, data, Wei.Zero, cancellationToken), cancellationToken);

    /// <summary>Broadcasts octets, also a second time, and waits until they are mined.</summary>
    public async Task<MinedTransaction> MineAsync(byte[] raw, CancellationToken cancellationToken)
    {
        TransactionHash hash = await BroadcastAsync(raw, cancellationToken);
        JsonElement receipt = await node.Rpc.WaitForReceiptAsync(hash, cancellationToken);
        ulong gas = RpcConnection.ReadQuantity(receipt.GetProperty("gasUsed"));
        ulong price = RpcConnection.ReadQuantity(receipt.GetProperty("effectiveGasPrice"));
        return new MinedTransaction(
            hash,
            raw,
            RpcConnection.ReadQuantity(receipt.GetProperty("status")) == 1,
            RpcConnection.ReadQuantity(receipt.GetProperty("blockNumber")),
            new Wei((UInt256)gas * price));
    }
}

/// <summary>A transaction in a block.</summary>
/// <param name="Hash">Its name.</param>
/// <param name="Raw">Its octets, to be sent again after a reorganisation.</param>
/// <param name="IsSuccess">Whether it did not revert.</param>
/// <param name="BlockNumber">Its block.</param>
/// <param name="Fee">What its sender paid the chain, in wei.</param>
public sealed record MinedTransaction(TransactionHash Hash, byte[] Raw, bool IsSuccess, ulong BlockNumber, Wei Fee);
