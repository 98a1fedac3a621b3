using Microsoft.Extensions.DependencyInjection;
using Souk.Domain.Chain;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace.Tests;

[Collection(nameof(HookMarket))]
public sealed class HookWishesTests(HookMarketFixture fixture) : HookTest(fixture)
{
    private readonly ChainRegistry _chains = ChainRegistry.Create(
    [
        new ChainOptions
        {
            Id = 31337,
            Name = "test",
            AlchemyNetwork = "test",
            Hooks =
            [
                new HookOptions { Name = "first", Purpose = "wallets" },
                new HookOptions { Name = "second", Purpose = "wallets" },
                new HookOptions { Name = "collections", Purpose = "collections" },
                new HookOptions { Name = "signers", Purpose = "signers" },
            ],
        },
        new ChainOptions
        {
            Id = 1,
            Name = "other",
            AlchemyNetwork = "other",
            Hooks = [new HookOptions { Name = "others", Purpose = "wallets" }],
        },
    ]);

    [Fact]
    public async Task Webhooks_of_one_purpose_share_what_there_is()
    {
        Address[] wallets = [.. Enumerable.Range(0, 40).Select(WalletOf)];
        await WatchAsync(wallets);

        HookWishes wishes = await ReadAsync();

        Watched[] first = [.. Wish(wishes, "first").Items];
        Watched[] second = [.. Wish(wishes, "second").Items];
        Assert.Equal((20, 20), (first.Length, second.Length));
        Assert.Equal(wallets.ToHashSet(), first.Concat(second).Select(it => it.Address).ToHashSet());
        Assert.Equal(40, Wish(wishes, "others").Items.Count);
    }

    [Fact]
    public async Task A_chain_s_collections_are_its_own_and_what_an_operator_keeps_is_not_wished()
    {
        HookWishes wishes = await ReadAsync();

        Assert.Contains(new Watched(Market.Contracts.Collection), Wish(wishes, "collections").Items);
        Assert.Null(wishes.For(HookOf("signers")));
    }

    [Fact]
    public async Task A_change_of_any_share_is_a_change()
    {
        await WatchAsync(WalletOf(1), WalletOf(2));
        HookWishes before = await ReadAsync();
        HookWishes same = await ReadAsync();
        await ForgetAsync(WalletOf(2));

        Assert.True(same.IsSame(before));
        Assert.False((await ReadAsync()).IsSame(before));
    }

    [Fact]
    public void More_than_a_webhook_takes_is_cut_and_says_so()
    {
        HookWish full = HookWish.Of(Enumerable.Range(0, NotifyClient.WatchedMax).Select(WalletOf));
        HookWish cut = HookWish.Of(Enumerable.Range(0, NotifyClient.WatchedMax + 1).Select(WalletOf));

        Assert.Equal((false, true), (full.IsCut, cut.IsCut));
        Assert.Equal(full.Items, cut.Items);
    }

    private HookSettings HookOf(string name) =>
        _chains.All.SelectMany(chain => chain.Hooks).Single(hook => hook.Name == name);

    private HookWish Wish(HookWishes wishes, string name) => wishes.For(HookOf(name))!;

    private Task<HookWishes> ReadAsync() => Market.App.Services.GetRequiredService<Database>().ReadAsync(
        transaction => HookWishes.ReadAsync(transaction, _chains, Cancelled), Cancelled);
}
