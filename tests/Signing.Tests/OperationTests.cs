using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>Typed operations through the whole pipeline, and what is refused about them.</summary>
[Collection(SigningCollection.Name)]
public sealed class OperationTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Collection => world.Chain.Contracts.Collection.ToString();

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Mints_a_token_and_moves_it_on()
    {
        ulong token = SigningStory.NewToken();
        Address to = world.NewAddress();
        await world.EnactAsync(world.MintRule(world.Wallet));
        await world.EnactAsync(OperationStory.CallRule(
            world.Chain.Contracts.Collection, "safeTransferFrom(address,address,uint256)", 3));

        await world.CarryOutAsync(OperationStory.Ask(
            "mint", ("contract", Collection), ("to", world.Wallet.ToString()), ("tokenId", $"{token}")));
        Address? minted = await world.OwnerAsync(token);
        await world.CarryOutAsync(OperationStory.Ask(
            "transfer_erc721", ("contract", Collection), ("to", to.ToString()), ("tokenId", $"{token}")));

        Assert.Equal((world.Wallet, to), (minted, await world.OwnerAsync(token)));
    }

    [Fact]
    public async Task Approves_a_token_and_every_token()
    {
        ulong token = SigningStory.NewToken();
        Address spender = world.NewAddress();
        await world.EnactAsync(world.MintRule(world.Wallet));
        await world.EnactAsync(OperationStory.CallRule(
            world.Chain.Contracts.Collection, "approve(address,uint256)", 2));
        await world.EnactAsync(OperationStory.CallRule(
            world.Chain.Contracts.Collection, "setApprovalForAll(address,bool)", 2));
        await world.CarryOutAsync(OperationStory.Ask(
            "mint", ("contract", Collection), ("to", world.Wallet.ToString()), ("tokenId", $"{token}")));

        await world.CarryOutAsync(OperationStory.Ask(
            "approve", ("contract", Collection), ("spender", spender.ToString()), ("tokenId", $"{token}")));
        await world.CarryOutAsync(OperationStory.Ask(
            "approve_all", ("contract", Collection), ("operator", spender.ToString()), ("isApproved", true)));

        Assert.EndsWith(
            spender.ToLowerHex()[2..], await CallAsync("getApproved(uint256)", token), StringComparison.Ordinal);
        Assert.EndsWith(
            "1", await CallAsync("isApprovedForAll(address,address)", world.Wallet, spender), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pays_native_coin()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));

        await world.CarryOutAsync(OperationStory.Ask("transfer", ("to", to.ToString()), ("valueWei", "7")));

        JsonElement balance = await world.Node.Rpc.SendAsync("eth_getBalance", [to.ToString(), "latest"], Cancelled);
        Assert.Equal("0x7", balance.GetString());
    }

    /// <summary>The code copies its last octet, STOP, and answers it as the contract's.</summary>
    [Fact]
    public async Task Creates_a_contract_whose_code_a_rule_names()
    {
        const string Code = "0x6001600c60003960016000f300";
        JsonObject rule = SigningStory.PayRule(world.NewAddress(), "0", countMax: 9);
        rule["contracts"] = new JsonArray();
        rule["codeHashes"] = new JsonArray(Keccak256.Hash(Hex.Decode(Code)).ToString());
        await world.EnactAsync(rule);

        ApiAnswer other = await world.AskAsync(
            OperationStory.Ask("deploy", ("data", Code + "00"), ("valueWei", "0")));
        string id = await world.CarryOutAsync(OperationStory.Ask("deploy", ("data", Code), ("valueWei", "0")));

        JsonElement shown = (await world.ShowAsync(id)).GetProperty("transaction");
        JsonElement receipt = await world.Node.Rpc.SendAsync(
            "eth_getTransactionReceipt", [shown.GetProperty("transactionHash").GetString()], Cancelled);
        JsonElement code = await world.Node.Rpc.SendAsync(
            "eth_getCode", [receipt.GetProperty("contractAddress").GetString(), "latest"], Cancelled);
        Assert.Equal(("policy_denied", "0x00"), (other.Code, code.GetString()));
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("to").ValueKind);
    }

    [Fact]
    public async Task Pays_a_purchase_back_once_whatever_the_key_and_again_when_that_came_to_nothing()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));
        JsonObject refund = OperationStory.Ask(
            "refund", ("to", to.ToString()), ("amount", "3"), ("purchaseId", Guid.NewGuid().ToString()));

        ApiAnswer[] atOnce = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.AskAsync(refund)));
        ApiAnswer paid = Assert.Single(atOnce, answer => answer.Status == 202);
        await world.PostAsync(
            world.Operator, $"/v1/transactions/{paid.Text("id")}/cancel", new JsonObject { ["reason"] = "Not yet." });
        ApiAnswer again = await world.AskAsync(refund);

        Assert.All(atOnce.Where(answer => answer.Status != 202), answer => Assert.Equal("conflict", answer.Code));
        Assert.Equal(202, again.Status);
        await world.FinishAsync(again.Text("id"));
    }

    [Theory]
    [InlineData("""{"kind":"steal"}""", "$.kind")]
    [InlineData("""{"kind":1}""", "$.kind")]
    [InlineData("""{"kind":null}""", "$.kind")]
    [InlineData("""{"kind":"mint","kind":"transfer"}""", "$.kind")]
    [InlineData("""{"chainId":1,"description":"d","to":"0x01","kind":"transfer","valueWei":"1"}""", "$.to")]
    [InlineData("""{"chainId":1,"description":"d","kind":"transfer","valueWei":"1"}""", "$.to")]
    [InlineData("""{"chainId":1,"description":"d","kind":"deploy","data":"0x","valueWei":"1"}""", "$.data")]
    [InlineData("""{"chainId":1,"description":"d","kind":"deploy","data":"0x00","valueWei":"1","to":null}""", "$.to")]
    [InlineData("""{"chainId":1,"description":"d","kind":"deploy","data":"0x00","valueWei":"-1"}""", "$.valueWei")]
    [InlineData("""{"chainId":1,"description":"d","kind":"deploy","data":"0x00","valueWei":"1.5"}""", "$.valueWei")]
    [InlineData("""{"chainId":1,"description":"d","kind":"deploy","data":"0x00","valueWei":1}""", "$.valueWei")]
    [InlineData(
        """{"chainId":1,"description":"d","kind":"deploy","data":"0x00","valueWei":"1","whenFeesExceed":"hope"}""",
        "$.whenFeesExceed")]
    [InlineData(
        """{"chainId":1,"description":"d","kind":"deploy","data":"0x00","valueWei":"1","feePerGasWeiMax":"0"}""",
        "$.feePerGasWeiMax")]
    public async Task Names_the_field_that_is_wrong(string json, string field)
    {
        ApiAnswer refused = await world.Operator.Api.PostAsync("/v1/transactions", json, Cancelled);

        Assert.Equal((400, "invalid_request", field), (refused.Status, refused.Code, refused.Text("field")));
    }

    [Fact]
    public async Task Explains_a_custom_error_by_the_contract_that_is_registered()
    {
        Address weth = world.Chain.Contracts.Weth;
        Address to = world.NewAddress();
        await world.EnactAsync(OperationStory.CallRule(weth, "transfer(address,uint256)", 2));
        JsonObject transfer = OperationStory.Ask(
            "transfer_erc20", ("contract", weth.ToString()), ("to", to.ToString()), ("amount", "5"));

        ApiAnswer unknown = await world.AskAsync(transfer);
        ApiAnswer proposed = await world.PostAsync(world.Operator, "/v1/contracts", new JsonObject
        {
            ["chainId"] = 1,
            ["address"] = weth.ToString(),
            ["name"] = "Wrapped coin",
            ["abi"] = new JsonArray("error BalanceTooLow(address owner, uint256 balance, uint256 amount)"),
        });
        await world.PostAsync(
            world.Colleague, $"/v1/policies/{proposed.Text("id")}/approve", new JsonObject { ["version"] = 1 });
        ApiAnswer known = await world.AskAsync(transfer);

        Assert.Equal((422, "simulation_failed"), (unknown.Status, unknown.Code));
        Assert.StartsWith(
            "It would revert with the unknown error 0x", unknown.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(
            $"It would revert with BalanceTooLow(owner: {world.Wallet}, balance: 0, amount: 5).",
            known.Text("detail"));
    }

    private async Task<string> CallAsync(string function, params AbiValue[] arguments)
    {
        JsonObject call = new()
        {
            ["to"] = Collection,
            ["data"] = Hex.Encode(AbiFunction.Parse(function).Encode(arguments)),
        };
        return (await world.Node.Rpc.SendAsync("eth_call", [call, "latest"], Cancelled)).GetString()!;
    }
}
