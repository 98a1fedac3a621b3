using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(ClosingMarket))]
public sealed class ExpireListingsTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task A_listing_ends_when_the_chain_s_time_has_passed_it_and_ends_once()
    {
        DateTimeOffset end = Market.Clock.GetUtcNow().AddMinutes(20);
        Listed listed = await ListUntilAsync(await SignInAsync(), end);
        Market.Clock.Reach(end);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
        Assert.Equal("active", await StoredStatusAsync(listed));

        await Market.PassAsync(TimeSpan.FromMinutes(20), Cancelled);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));

        Assert.Equal("expired ended", await StatusOfAsync(listed));
        Assert.Equal(["mint", "list", "expire"], await ActivityOfAsync(listed.Token));
    }

    [Fact]
    public async Task A_lapsed_hold_is_released_and_says_why()
    {
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        JsonElement purchase = await HoldAsync(buyer, listed);
        await Market.PassAsync(ListingLimits.HoldDuration, Cancelled);

        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));

        Assert.Equal("released hold_lapsed", await StatusOfAsync(buyer, purchase));
        Assert.Equal("active", await StoredStatusAsync(listed));
    }

    [Fact]
    public async Task More_than_one_batch_ends_in_one_run()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await Market.App.Database.ExecuteAsync(
            """
            INSERT INTO listings (id, status, chain_id, contract, token_id, standard, quantity, price_wei, seller_id,
                seller, order_hash, protection, starts_at, ends_at, "order", signature, fee_version, fee_recipient,
                royalty_recipient, observed_block, observed_hash, created_at, updated_at)
            SELECT gen_random_uuid(), status, chain_id, contract, token_id + 1000000 + n, standard, quantity, price_wei,
                seller_id, seller, sha256(n::text::bytea), protection, starts_at, ends_at, "order", signature,
                fee_version, fee_recipient, royalty_recipient, observed_block, observed_hash, created_at, updated_at
            FROM listings, generate_series(1, 250) n WHERE id = $1
            """,
            Cancelled, listed.Id);
        await Market.PassAsync(TimeSpan.FromDays(1), Cancelled);

        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));

        Assert.Equal(251, await Market.App.Database.FindAsync<long>(
            "SELECT count(*) FROM listings WHERE seller_id = $1 AND status = 'expired'", Cancelled, seller.UserId));
    }

    [Fact]
    public async Task What_nobody_signed_in_time_is_forgotten()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);
        await PrepareAsync(seller, token);
        await Market.PassAsync(PrepareListing.Lifetime, Cancelled);

        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));

        Assert.Equal(0, await Market.App.Database.FindAsync<long>(
            "SELECT count(*) FROM prepared_listings WHERE seller_id = $1", Cancelled, seller.UserId));
    }

    [Fact]
    public async Task A_node_that_is_down_has_the_tick_tried_again()
    {
        TakeNodeDown();

        Assert.Equal(503, await Market.FireAsync("expire", Cancelled));
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
    }

    private Task<string?> StoredStatusAsync(Listed listed) => Market.App.Database.FindAsync<string>(
        "SELECT status FROM listings WHERE id = $1", Cancelled, listed.Id);
}
