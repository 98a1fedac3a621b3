using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class SubmitListingTests(MarketFixture fixture) : MarketTest(fixture)
{
    private const string Path = "/v1/listings";

    [Fact]
    public async Task Stores_the_facts_it_observed_and_never_shows_the_signature()
    {
        Trader seller = await SignInAsync();

        Listed listed = await ListAsync(seller);

        string view = (await ReadListingAsync(listed)).GetRawText();
        Assert.DoesNotContain(listed.Submission["signature"]!.GetValue<string>()[2..], view, StringComparison.Ordinal);
        Assert.DoesNotContain("signature", view, StringComparison.Ordinal);
        Assert.True(await Market.App.Database.FindAsync<long>(
            "SELECT observed_block FROM listings WHERE id = $1", Cancelled, listed.Id) > 0);
    }

    [Fact]
    public async Task Takes_a_compact_signature()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);
        await ApproveAsync(seller);
        JsonObject submission = await PrepareAsync(seller, token);
        Assert.True(Signature.TryParse(Hex.Decode(submission["signature"]!.GetValue<string>()), out Signature whole));
        submission["signature"] = Hex.Encode(whole.ToCompactArray());

        Assert.Equal("active", await StatusOfAsync(await SubmitAsync(seller, token, submission)));
    }

    [Fact]
    public async Task Refuses_a_tampered_price()
    {
        Trader seller = await SignInAsync();
        JsonObject submission = await PrepareAsync(seller, await MintAsync(seller));
        JsonNode payment = submission["order"]!["consideration"]![0]!;
        payment["startAmount"] = "1";
        payment["endAmount"] = "1";

        AssertRefused(422, "order_mismatch", await seller.PostAsync(Path, submission, Cancelled), "$.order");
    }

    [Fact]
    public async Task Refuses_what_another_prepared()
    {
        Trader seller = await SignInAsync();
        Trader other = await SignInAsync();
        JsonObject submission = await PrepareAsync(seller, await MintAsync(seller));

        AssertRefused(422, "order_mismatch", await other.PostAsync(Path, submission, Cancelled), "$.order");
    }

    [Fact]
    public async Task Refuses_a_foreign_signer_before_it_looks_at_the_order_s_end()
    {
        Trader seller = await SignInAsync();
        JsonObject request = Ask.Listing(Market, seller.Wallet.Address, await MintAsync(seller));
        request["endsAt"] = Ask.Instant(Market.Clock.GetUtcNow().AddMinutes(15));
        Wallet stranger = await Market.AddWalletAsync(Cancelled);
        JsonObject foreign = await PrepareAsync(seller, request, stranger);
        JsonObject own = await PrepareAsync(seller, request);
        await Market.PassAsync(TimeSpan.FromMinutes(12), Cancelled);

        AssertRefused(422, "signature_invalid", await seller.PostAsync(Path, foreign, Cancelled));
        AssertRefused(422, "order_expired", await seller.PostAsync(Path, own, Cancelled));
    }

    [Fact]
    public async Task Refuses_what_was_prepared_too_long_ago()
    {
        Trader seller = await SignInAsync();
        JsonObject submission = await PrepareAsync(seller, await MintAsync(seller));
        await Market.PassAsync(TimeSpan.FromMinutes(15), Cancelled);

        AssertRefused(422, "order_mismatch", await seller.PostAsync(Path, submission, Cancelled));
    }

    [Fact]
    public async Task Refuses_a_stale_counter_then_a_token_that_left_then_a_missing_approval()
    {
        Trader seller = await SignInAsync();
        Trader other = await SignInAsync();
        TokenId kept = await MintAsync(seller);
        TokenId given = await MintAsync(seller);
        JsonObject stale = await PrepareAsync(seller, given);
        await seller.Wallet.SendAsync(Market.Contracts.Seaport, SeaportCalls.IncrementCounter(), Cancelled);
        JsonObject gone = await PrepareAsync(seller, given);
        await GiveAsync(seller, other.Wallet.Address, given);
        JsonObject unapproved = await PrepareAsync(seller, kept);

        AssertRefused(422, "counter_stale", await seller.PostAsync(Path, stale, Cancelled));
        AssertRefused(422, "not_token_owner", await seller.PostAsync(Path, gone, Cancelled));
        AssertRefused(422, "not_approved", await seller.PostAsync(Path, unapproved, Cancelled));
    }

    [Fact]
    public async Task Refuses_a_price_whose_royalty_has_changed_since()
    {
        Trader seller = await SignInAsync();
        JsonObject submission = await PrepareAsync(seller, await MintAsync(seller));
        await SetRoyaltyAsync(Market.RoyaltyBps + 1);

        ApiAnswer changed = await seller.PostAsync(Path, submission, Cancelled);
        await SetRoyaltyAsync(Market.RoyaltyBps);

        AssertRefused(422, "price_mismatch", changed);
    }

    [Theory]
    [InlineData("0x12zz", 400, "invalid_request")]
    [InlineData("signed", 400, "invalid_request")]
    [InlineData("0x", 422, "signature_invalid")]
    [InlineData("0x1234", 422, "signature_invalid")]
    public async Task Refuses_a_malformed_signature(string signature, int status, string code)
    {
        Trader seller = await SignInAsync();
        JsonObject submission = await PrepareAsync(seller, await MintAsync(seller));
        submission["signature"] = signature;

        AssertRefused(status, code, await seller.PostAsync(Path, submission, Cancelled));
    }

    [Fact]
    public async Task Refuses_an_order_that_is_listed_already()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);

        AssertRefused(409, "order_exists", await seller.PostAsync(Path, listed.Submission, Cancelled));
    }

    [Fact]
    public async Task Refuses_an_order_that_was_cancelled_on_chain_before_it_came()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);
        await ApproveAsync(seller);
        JsonObject submission = await PrepareAsync(seller, token);
        OrderComponents order = OrderJson.Read(submission["order"]!.ToJsonString());
        Assert.True((await seller.Wallet.SendAsync(
            Market.Contracts.Seaport, SeaportCalls.Cancel(order), Cancelled)).IsSuccess);

        AssertRefused(409, "order_exists", await seller.PostAsync(Path, submission, Cancelled));
    }

    [Fact]
    public async Task Refuses_a_second_open_listing_of_one_token()
    {
        Trader seller = await SignInAsync();
        Listed first = await ListAsync(seller);
        JsonObject second = await PrepareAsync(seller, first.Token, Wei.FromUlong(5));

        AssertRefused(409, "conflict", await seller.PostAsync(Path, second, Cancelled));

        Assert.Equal(200, (await CancelAsync(seller, first)).Status);
        Assert.Equal(201, (await seller.PostAsync(Path, second, Cancelled)).Status);
    }

    [Fact]
    public async Task Answers_the_same_key_alike_though_the_order_was_taken()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);
        await ApproveAsync(seller);
        JsonObject submission = await PrepareAsync(seller, token);

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            seller.PostAsync(Path, submission, Cancelled, "listing")));

        Assert.All(answers, it => Assert.Equal(201, it.Status));
        Assert.Single(answers.Select(it => it.Json.GetProperty("id").GetGuid()).Distinct());
    }

    [Fact]
    public async Task Takes_no_order_on_facts_older_than_what_was_followed()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);
        await ApproveAsync(seller);
        JsonObject submission = await PrepareAsync(seller, token);
        await MoveCursorAsync(+1000);

        ApiAnswer behind = await seller.PostAsync(Path, submission, Cancelled);
        await MoveCursorAsync(-1000);

        AssertRefused(503, "upstream_unavailable", behind);
        Assert.Equal(201, (await seller.PostAsync(Path, submission, Cancelled)).Status);
    }

    /// <summary>
    /// The demo collection keeps its royalty's recipient and rate in storage slot 6 (OpenZeppelin's ERC2981).
    /// </summary>
    private Task SetRoyaltyAsync(int bps)
    {
        byte[] slot = [.. ((UInt256)(ulong)bps).ToBytes32().ToArray()[20..], .. Market.RoyaltyReceiver.ToArray()];
        return Market.Node.Rpc.SendAsync(
            "anvil_setStorageAt", [Market.Contracts.Collection.ToString(), "0x6", Hex.Encode(slot)], Cancelled);
    }

    private Task<int> MoveCursorAsync(long by) => Market.App.Database.ExecuteAsync(
        "UPDATE chain_cursors SET number = number + $1", Cancelled, by);
}
