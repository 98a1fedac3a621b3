using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Outside;
using Souk.Local.Servers;

namespace Souk.Local.Demo;

/// <summary>Someone with a browser and a wallet: signs in, signs messages and orders, sends transactions.</summary>
public sealed class Person
{
    private const ulong GasLimit = 1_000_000;
    private static readonly Wei Purse = Wei.Parse("1000000000000000000000");
    private static readonly Wei FeePerGas = Wei.Parse("100000000000");

    private readonly ApiClient _api;
    private readonly World _world;
    private readonly PrivateKey _key = new(RandomNumberGenerator.GetBytes(PrivateKey.Length));

    /// <summary>A person with a new wallet.</summary>
    public Person(string name, ApiClient api, World world) => (Name, _api, _world) = (name, api, world);

    /// <summary>What Firebase calls them.</summary>
    public string Name { get; }

    /// <summary>Their wallet's address.</summary>
    public Address Wallet => _key.Address;

    /// <summary>Their access token; null before they signed in.</summary>
    public string? Token { get; private set; }

    /// <summary>Signs in through one of the two doors.</summary>
    public async Task SignInAsync(string audience, CancellationToken cancellationToken)
    {
        string idToken = _world.Firebase.MintIdToken(Name, $"{Name}@example.com");
        JsonObject body = new() { ["idToken"] = idToken, ["audience"] = audience };
        ApiAnswer answer = await _api.PostAsync("auth", "/v1/sessions", body, token: null, cancellationToken);
        Token = answer.Required().Text("accessToken");
    }

    /// <summary>Proves the wallet by Sign-In with Ethereum, and fills its purse on the chain.</summary>
    public async Task LinkWalletAsync(WorldChain chain, CancellationToken cancellationToken)
    {
        await chain.Node.SetBalanceAsync(Wallet, Purse, cancellationToken);
        JsonObject ask = new() { ["address"] = Wallet.ToString(), ["chainId"] = (long)chain.Plan.Id.Value };
        ApiAnswer challenge = await PostAsync("auth", "/v1/wallets/challenges", ask, cancellationToken);
        string message = challenge.Required().Text("message");
        Signature signature = _key.Sign(Eip191.HashPersonalMessage(message));
        JsonObject prove = new()
        {
            ["challengeId"] = challenge.Text("id"),
            ["message"] = message,
            ["signature"] = Hex.Encode(signature.ToArray()),
        };
        (await PostAsync("auth", "/v1/wallets", prove, cancellationToken)).Required();
    }

    /// <summary>Signs typed data as a wallet does.</summary>
    public string SignTypedData(JsonNode typedData) =>
        Hex.Encode(_key.Sign(TypedData.Parse(typedData.ToJsonString()).Digest()).ToArray());

    /// <summary>Calls a function as this person.</summary>
    public Task<ApiAnswer> GetAsync(string function, string path, CancellationToken cancellationToken) =>
        _api.GetAsync(function, path, Token, cancellationToken);

    /// <summary>Calls a function as this person.</summary>
    public Task<ApiAnswer> PostAsync(
        string function, string path, JsonObject body, CancellationToken cancellationToken) =>
        _api.PostAsync(function, path, body, Token, cancellationToken);

    /// <summary>Signs a step's transaction with the wallet's own key and gives it to the node.</summary>
    /// <returns>Its hash; whether it passes, the receipt tells.</returns>
    public Task<TransactionHash> SendAsync(WorldChain chain, JsonNode step, CancellationToken cancellationToken) =>
        SendAsync(
            chain,
            Address.Parse(step["to"]!.GetValue<string>()),
            Hex.Decode(step["data"]!.GetValue<string>()),
            Wei.Parse(step["valueWei"]!.GetValue<string>()),
            cancellationToken);

    /// <summary>Signs a transaction with the wallet's own key and gives it to the node.</summary>
    public async Task<TransactionHash> SendAsync(
        WorldChain chain, Address to, byte[] data, Wei value, CancellationToken cancellationToken)
    {
        ulong nonce = await chain.Node.Rpc.GetNonceAsync(Wallet, cancellationToken);
        Eip1559Transaction transaction = new(
            chain.Plan.Id, nonce, Wei.Parse("1000000000"), FeePerGas, GasLimit, to, value, data);
        byte[] raw = transaction.Encode(_key.Sign(transaction.SigningHash()));
        await chain.Node.Rpc.SendAsync("eth_sendRawTransaction", [Hex.Encode(raw)], cancellationToken);
        return Eip1559Transaction.HashOf(raw);
    }

    /// <summary>Waits until the transaction is mined.</summary>
    /// <returns>Whether it passed, and what its gas cost in wei.</returns>
    public static async Task<(bool Passed, Wei Cost)> WaitAsync(
        WorldChain chain, TransactionHash hash, CancellationToken cancellationToken)
    {
        JsonElement receipt = await chain.Node.Rpc.WaitForReceiptAsync(hash, cancellationToken);
        ulong gas = RpcConnection.ReadQuantity(receipt.GetProperty("gasUsed"));
        ulong price = RpcConnection.ReadQuantity(receipt.GetProperty("effectiveGasPrice"));
        bool passed = RpcConnection.ReadQuantity(receipt.GetProperty("status")) == 1;
        return (passed, new Wei(new UInt256(gas) * new UInt256(price)));
    }
}
