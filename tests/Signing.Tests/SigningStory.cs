using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Local.Servers;

namespace Souk.Signing.Tests;

/// <summary>What operators do again and again, in a word each.</summary>
public static class SigningStory
{
    private static readonly AbiFunction s_mint = AbiFunction.Parse("mint(address,uint256)");
    private static readonly AbiFunction s_ownerOf = AbiFunction.Parse("ownerOf(uint256)");
    private static readonly AbiFunction s_setMinter = AbiFunction.Parse("setMinter(address,bool)");

    /// <summary>Which of a node's accounts owns the demo collection.</summary>
    private const int CollectionOwnerIndex = 7;

    private static int s_tokens;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A token that nobody minted before.</summary>
    public static ulong NewToken() => (ulong)Interlocked.Increment(ref s_tokens) + 1000;

    /// <summary>A rule that lets operators mint in the demo collection, to these recipients.</summary>
    public static JsonObject MintRule(this SigningWorld world, params Address[] recipients) => new()
    {
        ["ruleId"] = null,
        ["isEnabled"] = true,
        ["title"] = "Mint in the demo collection",
        ["chainId"] = 1,
        ["contracts"] = new JsonArray(world.Chain.Contracts.Collection.ToString()),
        ["function"] = "mint(address,uint256)",
        ["arguments"] = new JsonArray(
            new JsonObject
            {
                ["kind"] = "one_of",
                ["addresses"] = new JsonArray([.. recipients.Select(it => JsonValue.Create(it.ToString()))]),
            },
            new JsonObject { ["kind"] = "any" }),
        ["nativeValueMax"] = "0",
        ["roles"] = new JsonArray("operator"),
        ["window"] = null,
        ["hourly"] = Cap(1000, "0"),
        ["daily"] = Cap(1000, "0"),
    };

    /// <summary>A rule that lets operators mint whatever to whomever in a chain's demo collection.</summary>
    public static JsonObject MintAnyRule(WorldChain chain) => new()
    {
        ["ruleId"] = null,
        ["isEnabled"] = true,
        ["title"] = "Mint anything",
        ["chainId"] = (long)chain.Plan.Id.Value,
        ["contracts"] = new JsonArray(chain.Contracts.Collection.ToString()),
        ["function"] = "mint(address,uint256)",
        ["arguments"] = new JsonArray(
            new JsonObject { ["kind"] = "any" }, new JsonObject { ["kind"] = "any" }),
        ["nativeValueMax"] = "0",
        ["roles"] = new JsonArray("operator"),
        ["window"] = null,
        ["hourly"] = Cap(1_000_000, "0"),
        ["daily"] = Cap(1_000_000, "0"),
    };

    /// <summary>Lets every wallet of the platform mint, by the word of the collections' owners.</summary>
    public static async Task LetAllMintAsync(this SigningWorld world)
    {
        foreach (WorldChain chain in world.World.Chains)
        {
            await world.EnactAsync(MintAnyRule(chain));
            foreach (Address wallet in chain.Signers.Skip(1).Select(signer => signer.Wallet.Address))
            {
                JsonObject grant = new()
                {
                    ["from"] = chain.Node.Accounts[CollectionOwnerIndex].ToString(),
                    ["to"] = chain.Contracts.Collection.ToString(),
                    ["data"] = Hex.Encode(s_setMinter.Encode(wallet, true)),
                };
                await chain.Node.Rpc.SendAsync("eth_sendTransaction", [grant], Cancelled);
            }

            await chain.Node.MineAsync(1, Cancelled);
        }
    }

    /// <summary>A rule that lets operators pay an address.</summary>
    public static JsonObject PayRule(Address recipient, string weiMax, long countMax) => new()
    {
        ["ruleId"] = null,
        ["isEnabled"] = true,
        ["title"] = "Pay one address",
        ["chainId"] = 1,
        ["contracts"] = new JsonArray(recipient.ToString()),
        ["function"] = null,
        ["arguments"] = new JsonArray(),
        ["nativeValueMax"] = weiMax,
        ["roles"] = new JsonArray("operator"),
        ["window"] = null,
        ["hourly"] = Cap(countMax, "1000000000000000000"),
        ["daily"] = Cap(countMax, "1000000000000000000"),
    };

    /// <summary>Has a rule proposed by one and approved by another.</summary>
    public static async Task<string> EnactAsync(this SigningWorld world, JsonObject rule)
    {
        ApiAnswer proposed = await world.PostAsync(world.Operator, "/v1/policies", rule);
        Assert.Equal(201, proposed.Status);
        string id = proposed.Text("id");
        ApiAnswer approved = await world.PostAsync(
            world.Colleague, $"/v1/policies/{id}/approve",
            new JsonObject { ["version"] = proposed.Json.GetProperty("version").GetInt32() });
        Assert.Equal(200, approved.Status);
        return id;
    }

    /// <summary>The request to mint a token.</summary>
    public static JsonObject Mint(this SigningWorld world, Address to, ulong token) => new()
    {
        ["chainId"] = 1,
        ["to"] = world.Chain.Contracts.Collection.ToString(),
        ["data"] = Hex.Encode(s_mint.Encode(to, token)),
        ["valueWei"] = "0",
        ["description"] = string.Create(CultureInfo.InvariantCulture, $"Mint {token}."),
    };

    /// <summary>The request to mint a token on a chain, by one of the platform's wallets.</summary>
    public static JsonObject Mint(WorldChain chain, string signer, Address to, ulong token) => new()
    {
        ["chainId"] = (long)chain.Plan.Id.Value,
        ["to"] = chain.Contracts.Collection.ToString(),
        ["data"] = Hex.Encode(s_mint.Encode(to, token)),
        ["valueWei"] = "0",
        ["description"] = string.Create(CultureInfo.InvariantCulture, $"Mint {token}."),
        ["signer"] = signer,
    };

    /// <summary>The request to pay an address.</summary>
    public static JsonObject Pay(Address to, string wei) => new()
    {
        ["chainId"] = 1,
        ["to"] = to.ToString(),
        ["data"] = "0x",
        ["valueWei"] = wei,
        ["description"] = "Pay.",
    };

    /// <summary>Queues a mint to a new recipient that a new rule allows.</summary>
    public static async Task<Queued> QueueMintAsync(this SigningWorld world)
    {
        Address to = world.NewAddress();
        ulong token = NewToken();
        await world.EnactAsync(world.MintRule(to));
        ApiAnswer accepted = await world.PostAsync(world.Operator, "/v1/transactions", world.Mint(to, token));
        Assert.Equal(202, accepted.Status);
        return new Queued(accepted.Text("id"), to, token, accepted.Json);
    }

    /// <summary>A transaction as the room shows it.</summary>
    public static async Task<JsonElement> ShowAsync(this SigningWorld world, string id)
    {
        ApiAnswer shown = await world.GetAsync(world.Operator, $"/v1/transactions/{id}");
        Assert.Equal(200, shown.Status);
        return shown.Json;
    }

    /// <summary>Where a transaction stands.</summary>
    public static async Task<string> StatusAsync(this SigningWorld world, string id) =>
        (await world.ShowAsync(id)).GetProperty("transaction").GetProperty("status").GetString()!;

    /// <summary>Every status it had, in order.</summary>
    public static async Task<string[]> MovesAsync(this SigningWorld world, string id) =>
    [
        .. (await world.ShowAsync(id)).GetProperty("history").EnumerateArray()
            .Select(move => move.GetProperty("status").GetString()!),
    ];

    /// <summary>Mines and ticks until the transaction ends.</summary>
    public static async Task<string> FinishAsync(this SigningWorld world, string id)
    {
        for (int i = 0; i < 20; i++)
        {
            string status = await world.StatusAsync(id);
            if (status is "final" or "reverted" or "replaced" or "refused")
                return status;
            await world.Node.MineAsync(3, Cancelled);
            Assert.Equal(204, await world.TickAsync());
        }

        return await world.StatusAsync(id);
    }

    /// <summary>
    /// Mines and ticks until all transactions of earlier tests have ended: the next fault is then ours.
    /// </summary>
    public static async Task SettleAsync(this SigningWorld world)
    {
        for (int i = 0; i < 10; i++)
        {
            if (await world.ReadAsync<long>("SELECT count(*) FROM transactions WHERE finalized_at IS NULL") == 0)
                return;
            await world.TickAsync();
            await world.Node.MineAsync(3, Cancelled);
        }

        Assert.Fail(await world.ReadAsync<string>("""
            SELECT string_agg(concat_ws(' ', status, nonce, waits_for, reason, description), E'\n')
            FROM transactions WHERE finalized_at IS NULL
            """));
    }

    /// <summary>Who owns a token on the chain; null when nobody does.</summary>
    public static Task<Address?> OwnerAsync(this SigningWorld world, ulong token) => OwnerAsync(world.Chain, token);

    /// <summary>Who owns a token on a chain; null when nobody does.</summary>
    public static async Task<Address?> OwnerAsync(WorldChain chain, ulong token)
    {
        JsonObject call = new()
        {
            ["to"] = chain.Contracts.Collection.ToString(),
            ["data"] = Hex.Encode(s_ownerOf.Encode(token)),
        };
        try
        {
            JsonElement owner = await chain.Node.Rpc.SendAsync("eth_call", [call, "latest"], Cancelled);
            return new Address(Hex.Decode(owner.GetString()).AsSpan(12));
        }
        catch (RpcErrorException)
        {
            return null;
        }
    }

    /// <summary>The types of the events that tell a transaction's end, in the order they were announced.</summary>
    public static async Task<string[]> EndingsAsync(this SigningWorld world, string id) =>
        (await world.ReadAsync<string>($"""
            SELECT coalesce(string_agg(type, ' ' ORDER BY sequence), '') FROM outbox
            WHERE subject = 'transaction/{id}' AND type <> 'souk.transaction.queued.v1'
            """)).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Somebody sends from the platform's wallet without Souk; it is mined in a block of its own.</summary>
    public static Task SendOutsideAsync(this SigningWorld world) => world.SendOutsideAsync(world.Chain, world.Wallet);

    /// <summary>The same from one of a chain's wallets.</summary>
    public static async Task SendOutsideAsync(this SigningWorld world, WorldChain chain, Address wallet)
    {
        RpcConnection rpc = chain.Node.Rpc;
        await rpc.SendAsync("anvil_impersonateAccount", [wallet.ToString()], Cancelled);
        JsonObject transaction = new() { ["from"] = wallet.ToString(), ["to"] = wallet.ToString() };
        JsonElement hash = await rpc.SendAsync("eth_sendTransaction", [transaction], Cancelled);
        world.Foreign.Add(hash.GetString()!);
        await chain.Node.MineAsync(1, Cancelled);
        await rpc.SendAsync("anvil_stopImpersonatingAccount", [wallet.ToString()], Cancelled);
    }

    /// <summary>The same, but it waits in the node's pool.</summary>
    public static async Task WaitOutsideAsync(this SigningWorld world)
    {
        await world.Node.Rpc.SendAsync("anvil_impersonateAccount", [world.Wallet.ToString()], Cancelled);
        JsonObject transaction = new()
        {
            ["from"] = world.Wallet.ToString(),
            ["to"] = world.Wallet.ToString(),
            // Dearer than ours will be.
            ["maxFeePerGas"] = "0x174876e800",
            ["maxPriorityFeePerGas"] = "0x174876e800",
        };
        await world.Node.Rpc.SendAsync("eth_sendTransaction", [transaction], Cancelled);
        await world.Node.Rpc.SendAsync("anvil_stopImpersonatingAccount", [world.Wallet.ToString()], Cancelled);
    }

    /// <summary>How many transactions the chain counts for the platform's wallet.</summary>
    public static async Task<ulong> CountAsync(this SigningWorld world) =>
        await world.Node.Rpc.GetNonceAsync(world.Wallet, Cancelled);

    private static JsonObject Cap(long count, string wei) => new() { ["countMax"] = count, ["valueMax"] = wei };
}

/// <summary>A mint that was accepted.</summary>
public sealed record Queued(string Id, Address To, ulong Token, JsonElement Json);
