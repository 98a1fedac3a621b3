using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness.Trading;
using Souk.Local.StandIns;

namespace Souk.Marketplace.Tests;

/// <summary>Webhooks that Alchemy paused, lists no longer, or knows as something else.</summary>
/// <remarks>Nobody listens where they point: no delivery ever arrives.</remarks>
[Collection(nameof(HookMarket))]
public sealed class ResumeHooksTests(HookMarketFixture fixture) : HookTest(fixture)
{
    [Fact]
    public async Task A_paused_webhook_is_resumed_and_what_it_did_not_tell_is_read_from_the_chain()
    {
        await SyncAsync();
        Alchemy.PauseWebhook(Collections);
        Trader owner = await SignInAsync();
        TokenId token = await MintAsync(owner);

        Assert.Equal(204, await SyncAsync());

        Assert.True(Collections.IsActive);
        Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(token));
        JsonElement view = await ViewAsync("collections");
        Assert.True(view.GetProperty("isActive").GetBoolean());
        Assert.Equal(1, view.GetProperty("resumes").GetInt32());
    }

    [Fact]
    public async Task A_webhook_of_every_purpose_is_resumed()
    {
        AlchemyWebhook[] all = [Collections, Wallets, Orders, Signers];
        foreach (AlchemyWebhook webhook in all) Alchemy.PauseWebhook(webhook);

        await SyncAsync();

        Assert.All(all, webhook => Assert.True(webhook.IsActive));
    }

    [Fact]
    public async Task One_that_is_paused_again_and_again_is_told_and_left_alone_for_a_while()
    {
        Alchemy.PauseWebhook(Wallets);
        await SyncAsync();
        Alchemy.PauseWebhook(Wallets);
        await WatchAsync(WalletOf(1));

        await SyncAsync();
        await SyncAsync();
        (bool isActive, JsonElement view) = (Wallets.IsActive, await ViewAsync("wallets"));
        await Market.PassAsync(TimeSpan.FromMinutes(15), Cancelled);
        await SyncAsync();

        Assert.False(isActive);
        Assert.Equal(1, view.GetProperty("resumes").GetInt32());
        Assert.Contains("paused it again", view.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
        Assert.True(Wallets.IsActive);
        Assert.Equal(2, (await ViewAsync("wallets")).GetProperty("resumes").GetInt32());
    }

    [Fact]
    public async Task A_resumption_that_failed_is_not_tried_again_at_once()
    {
        await SyncAsync();
        Alchemy.PauseWebhook(Wallets);
        FailEveryTry(() => Alchemy.Next(503, "update-webhook"));

        Assert.Equal(503, await SyncAsync());
        int writes = Writes;
        await SyncAsync();
        bool isActive = Wallets.IsActive;
        await Market.PassAsync(TimeSpan.FromMinutes(15), Cancelled);
        await SyncAsync();

        Assert.False(isActive);
        Assert.True(Wallets.IsActive);
        Assert.Equal(writes + 1, Writes);
    }

    [Fact]
    public async Task One_that_is_gone_is_told_and_not_made_anew()
    {
        await SyncAsync();
        Alchemy.DeleteWebhook(Collections);
        await WatchAsync(WalletOf(1));

        Assert.Equal(204, await SyncAsync());

        JsonElement view = await ViewAsync("collections");
        Assert.Equal(JsonValueKind.Null, view.GetProperty("isActive").ValueKind);
        Assert.Contains("no such webhook", view.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, Alchemy.Webhooks.Count);
        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
    }

    [Fact]
    public async Task One_of_another_kind_is_told_and_not_touched()
    {
        Alchemy.DeleteWebhook(Collections);
        AlchemyWebhook wrong = await AddAsync("collections", AlchemyWebhookType.AddressActivity, WalletOf(7));

        Assert.Equal(204, await SyncAsync());

        Assert.Equal(Lists([WalletOf(7)]), Alchemy.WatchedBy(wrong));
        Assert.Contains(
            "not NFT_ACTIVITY of TEST",
            (await ViewAsync("collections")).GetProperty("failure").GetString(),
            StringComparison.Ordinal);
    }
}
