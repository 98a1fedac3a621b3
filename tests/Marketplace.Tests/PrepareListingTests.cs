using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class PrepareListingTests(MarketFixture fixture) : MarketTest(fixture)
{
    private const string Path = "/v1/listings/prepare";

    [Fact]
    public async Task Divides_the_price_to_the_wei()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);

        ApiAnswer prepared = await seller.PostAsync(
            Path, Ask.Listing(Market, seller.Wallet.Address, token, Wei.Parse("1000000000000000999")), Cancelled);

        Assert.Equal("25000000000000024", prepared.Json.GetProperty("platformFeeWei").GetString());
        Assert.Equal("50000000000000049", prepared.Json.GetProperty("royaltyWei").GetString());
        Assert.Equal("925000000000000926", prepared.Json.GetProperty("sellerWei").GetString());
    }

    [Fact]
    public async Task Gives_a_wallet_typed_data_of_the_very_order()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);

        ApiAnswer prepared = await seller.PostAsync(
            Path, Ask.Listing(Market, seller.Wallet.Address, token), Cancelled);

        TypedData typed = TypedData.FromJson(prepared.Json.GetProperty("typedData"));
        Assert.Equal(prepared.Json.GetProperty("orderHash").GetString(), typed.StructHash.ToString());
        Assert.Equal(Market.Seaport.Separator, typed.DomainSeparator);
    }

    [Fact]
    public async Task Gives_the_approval_as_a_step_until_it_is_given()
    {
        Trader seller = await SignInAsync();
        JsonObject request = Ask.Listing(Market, seller.Wallet.Address, await MintAsync(seller));

        ApiAnswer before = await seller.PostAsync(Path, request, Cancelled);
        Assert.True((await seller.SendStepAsync(before.Json, Cancelled)).IsSuccess);
        ApiAnswer after = await seller.PostAsync(Path, request, Cancelled);

        Assert.Equal("approve", before.Json.GetProperty("steps")[0].GetProperty("kind").GetString());
        Assert.Equal(0, after.Json.GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task Refuses_each_fault_with_its_code_and_the_first_of_many()
    {
        Trader seller = await SignInAsync();
        Trader other = await SignInAsync();
        TokenId others = await MintAsync(other);
        string soon = Ask.Instant(Market.Clock.GetUtcNow().AddMinutes(9));
        (int Status, string Code, string? Field, Action<JsonObject> Spoil)[] faults =
        [
            (422, "chain_unknown", null, it => it["chainId"] = 999),
            (422, "collection_unknown", "$.contract", it => it["contract"] = Market.Contracts.Zone.ToString()),
            (403, "wallet_not_linked", "$.seller", it => it["seller"] = other.Wallet.Address.ToString()),
            (422, "price_mismatch", "$.priceWei", it => it["priceWei"] = "0"),
            (400, "invalid_request", "$.quantity", it => it["quantity"] = "2"),
            (422, "order_expired", "$.endsAt", it => it["endsAt"] = soon),
            (422, "not_token_owner", null, it => it["tokenId"] = others.ToString()),
        ];
        TokenId token = await MintAsync(seller);

        for (int first = 0; first < faults.Length; first++)
        {
            JsonObject one = Ask.Listing(Market, seller.Wallet.Address, token);
            faults[first].Spoil(one);
            JsonObject many = Ask.Listing(Market, seller.Wallet.Address, token);
            foreach ((_, _, _, Action<JsonObject> spoil) in faults[first..]) spoil(many);

            (int status, string code, string? field, _) = faults[first];
            AssertRefused(status, code, await seller.PostAsync(Path, one, Cancelled), field);
            AssertRefused(status, code, await seller.PostAsync(Path, many, Cancelled), field);
        }
    }

    [Theory]
    [InlineData("priceWei", "\"-1\"", "$.priceWei")]
    [InlineData("priceWei", "1", "$.priceWei")]
    [InlineData("priceWei", "\"1e18\"", "$.priceWei")]
    [InlineData("seller", "\"0x12\"", "$.seller")]
    [InlineData("contract", "null", "$.contract")]
    [InlineData("chainId", "\"one\"", "$.chainId")]
    [InlineData("endsAt", "\"tomorrow\"", "$.endsAt")]
    [InlineData("discount", "1", "$.discount")]
    public async Task Names_the_field_that_is_malformed(string name, string json, string field)
    {
        Trader seller = await SignInAsync();
        JsonObject request = Ask.Listing(Market, seller.Wallet.Address, new TokenId(1));
        request[name] = JsonNode.Parse(json);

        AssertRefused(400, "invalid_request", await seller.PostAsync(Path, request, Cancelled), field);
    }

    [Fact]
    public async Task Answers_the_same_key_alike_and_refuses_it_for_another_request()
    {
        Trader seller = await SignInAsync();
        JsonObject request = Ask.Listing(Market, seller.Wallet.Address, await MintAsync(seller));

        ApiAnswer first = await seller.PostAsync(Path, request, Cancelled, "one");
        ApiAnswer again = await seller.PostAsync(Path, request, Cancelled, "one");
        request["priceWei"] = "1";
        ApiAnswer other = await seller.PostAsync(Path, request, Cancelled, "one");

        Assert.True(JsonElement.DeepEquals(first.Json, again.Json));
        AssertRefused(422, "idempotency_key_reused", other);
    }

    [Fact]
    public async Task Answers_only_traders()
    {
        JsonObject request = Ask.Listing(Market, Administrator.Wallet.Address, new TokenId(1));

        AssertRefused(
            401, "unauthenticated", await Market.App.Anonymous.PostAsync(Path, request.ToJsonString(), Cancelled));
        AssertRefused(403, "forbidden", await Administrator.PostAsync(Path, request, Cancelled));
    }

    [Fact]
    public async Task Stores_nothing_while_the_node_is_down()
    {
        Trader seller = await SignInAsync();
        JsonObject request = Ask.Listing(Market, seller.Wallet.Address, await MintAsync(seller));
        long before = await CountAsync("prepared_listings");
        Market.Alchemy.NextRpc("eth_getBlockByNumber", -32000, "no healthy upstream");

        ApiAnswer down = await seller.PostAsync(Path, request, Cancelled, "later");
        ApiAnswer up = await seller.PostAsync(Path, request, Cancelled, "later");

        AssertRefused(503, "upstream_unavailable", down);
        Assert.Equal(200, up.Status);
        Assert.Equal(before + 1, await CountAsync("prepared_listings"));
    }
}
