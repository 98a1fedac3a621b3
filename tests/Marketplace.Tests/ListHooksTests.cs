using System.Text.Json;

namespace Souk.Marketplace.Tests;

[Collection(nameof(HookMarket))]
public sealed class ListHooksTests(HookMarketFixture fixture) : HookTest(fixture)
{
    [Fact]
    public async Task Tells_operators_what_each_webhook_watches_and_should()
    {
        await WatchAsync(WalletOf(1), WalletOf(2));
        await SyncAsync();

        JsonElement wallets = await ViewAsync("wallets");
        JsonElement orders = await ViewAsync("orders");

        Assert.Equal(("wallets", 31337), (Text(wallets, "purpose"), wallets.GetProperty("chainId").GetInt32()));
        Assert.Equal((2, 2), (Number(wallets, "wantedCount"), Number(wallets, "watchedCount")));
        Assert.Equal(JsonValueKind.Null, wallets.GetProperty("failure").ValueKind);
        Assert.NotEqual(JsonValueKind.Null, wallets.GetProperty("syncedAt").ValueKind);
        Assert.True(orders.GetProperty("isActive").GetBoolean());
        Assert.Equal(JsonValueKind.Null, orders.GetProperty("wantedCount").ValueKind);
    }

    [Fact]
    public async Task Shows_one_that_was_never_asked_about()
    {
        JsonElement view = await ViewAsync("signers");

        Assert.Equal(JsonValueKind.Null, view.GetProperty("isActive").ValueKind);
        Assert.Equal(JsonValueKind.Null, view.GetProperty("syncedAt").ValueKind);
    }

    [Fact]
    public async Task Holds_no_signing_key_and_no_token()
    {
        await SyncAsync();

        string text = (await Administrator.GetAsync("/v1/admin/hooks", Cancelled)).Json.GetRawText();

        Assert.DoesNotContain(Wallets.SigningKey, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Alchemy.ManagementToken, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_nobody_else() =>
        AssertRefused(403, "forbidden", await (await SignInAsync()).GetAsync("/v1/admin/hooks", Cancelled));

    private static string? Text(JsonElement view, string name) => view.GetProperty(name).GetString();

    private static int Number(JsonElement view, string name) => view.GetProperty(name).GetInt32();
}
