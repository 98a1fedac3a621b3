using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Souk.Domain.Chain;
using Souk.Local.StandIns;
using Souk.Platform.Alchemy;

namespace Souk.Marketplace.Tests;

/// <summary>What webhooks watch is brought to what they should, whatever comes in between.</summary>
[Collection(nameof(HookMarket))]
public sealed class SyncHooksTests(HookMarketFixture fixture) : HookTest(fixture)
{
    private const string ChangeAddresses = "update-webhook-addresses";

    [Fact]
    public async Task Watches_what_is_registered_and_linked_and_nothing_else()
    {
        Address[] wallets = [WalletOf(1), WalletOf(2), WalletOf(3)];
        await WatchAsync(wallets);
        Assert.Equal(204, await SyncAsync());
        await ForgetAsync(wallets[1]);

        Assert.Equal(204, await SyncAsync());

        Assert.Equal(await RegisteredAsync(), Alchemy.WatchedBy(Collections));
        Assert.Equal(Lists([wallets[0], wallets[2]]), Alchemy.WatchedBy(Wallets));
    }

    [Fact]
    public async Task Leaves_alone_what_an_operator_keeps()
    {
        Alchemy.DeleteWebhook(Signers);
        AlchemyWebhook signers = await AddAsync("signers", AlchemyWebhookType.AddressActivity, WalletOf(7));
        AlchemyWebhook others = await AddAsync("others", AlchemyWebhookType.AddressActivity, WalletOf(8));
        await WatchAsync(WalletOf(1));

        await SyncAsync();

        Assert.Equal(Lists([WalletOf(7)]), Alchemy.WatchedBy(signers));
        Assert.Equal(Lists([WalletOf(8)]), Alchemy.WatchedBy(others));
    }

    [Fact]
    public async Task A_second_run_changes_nothing_and_reads_one_page()
    {
        await WatchAsync([.. Enumerable.Range(0, 250).Select(WalletOf)]);
        await SyncAsync();
        (int writes, int pages) = (Writes, Pages);

        await SyncAsync();

        Assert.Equal((writes, pages + 1), (Writes, Pages));
    }

    [Fact]
    public async Task Reads_long_lists_page_by_page_and_changes_at_most_five_hundred_at_once()
    {
        Address[] before = [.. Enumerable.Range(0, 1_100).Select(WalletOf)];
        Address[] after = [.. Enumerable.Range(600, 1_234).Select(WalletOf)];
        await WatchAsync(before);
        await SyncAsync();
        await ForgetAsync(before[..600]);
        await WatchAsync(after);
        int writes = Writes;

        await SyncAsync();
        int changes = Writes - writes;
        await Market.PassAsync(TimeSpan.FromHours(2), Cancelled);
        await SyncAsync();

        Assert.Equal(Lists(after), Alchemy.WatchedBy(Wallets));
        Assert.Equal((2 + 2, 0), (changes, Writes - writes - changes));
    }

    [Fact]
    public async Task The_last_filter_stays_for_without_one_all_collections_are_told_of()
    {
        await Market.App.Database.ExecuteAsync("UPDATE collections SET chain_id = 99", Cancelled);

        Assert.Equal(204, await SyncAsync());

        await Market.App.Database.ExecuteAsync(
            "UPDATE collections SET chain_id = $1", Cancelled, (long)Market.Seaport.ChainId.Value);
        Assert.Equal(Lists([Placeholder]), Alchemy.WatchedBy(Collections));
    }

    [Fact]
    public async Task A_list_that_seems_right_by_its_count_is_read_to_its_end_after_an_hour()
    {
        await WatchAsync(WalletOf(1));
        await SyncAsync();
        NotifyClient operators = Market.App.Services.GetRequiredService<NotifyClient>();
        NotifyHook hook = (await operators.ListAsync(Cancelled)).Single(it => it.Id == Wallets.Id);
        await operators.ChangeWatchedAsync(
            hook, [new Watched(WalletOf(2))], [new Watched(WalletOf(1))], Cancelled);

        await SyncAsync();
        IReadOnlyList<string> believed = Alchemy.WatchedBy(Wallets);
        await Market.PassAsync(TimeSpan.FromHours(1), Cancelled);
        await SyncAsync();

        Assert.Equal(Lists([WalletOf(2)]), believed);
        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
    }

    [Fact]
    public async Task An_answer_lost_after_the_effect_is_asked_for_again()
    {
        await WatchAsync(WalletOf(1));
        Alchemy.Next(StandInFault.TimeOutAfterEffect, ChangeAddresses);

        Assert.Equal(204, await SyncAsync());
        int writes = Writes;
        await SyncAsync();

        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
        Assert.Equal(writes, Writes);
    }

    [Fact]
    public async Task A_run_whose_every_answer_was_lost_is_made_good_by_the_next_without_a_change()
    {
        await WatchAsync(WalletOf(1));
        FailEveryTry(() => Alchemy.Next(StandInFault.TimeOutAfterEffect, ChangeAddresses));

        Assert.Equal(503, await SyncAsync());
        string failure = (await ViewAsync("wallets")).GetProperty("failure").GetString()!;
        int writes = Writes;
        Assert.Equal(204, await SyncAsync());

        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
        Assert.Equal(writes, Writes);
        Assert.Contains("no answer", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_between_the_change_and_its_record_is_made_good_by_the_next_run()
    {
        await WatchAsync(WalletOf(1));
        await DisturbAsync("NEW.name = 'wallets' AND NEW.watched_count > OLD.watched_count", "RAISE 'crash'");

        Assert.Equal(503, await SyncAsync());
        await SootheAsync();
        int writes = Writes;
        Assert.Equal(204, await SyncAsync());

        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
        Assert.Equal(writes, Writes);
        Assert.Equal(1, (await ViewAsync("wallets")).GetProperty("watchedCount").GetInt32());
    }

    [Fact]
    public async Task Too_many_requests_are_tried_again_and_then_left_to_a_later_run()
    {
        Alchemy.Next(429, "team-webhooks");
        Assert.Equal(204, await SyncAsync());
        FailEveryTry(() => Alchemy.Next(429, "team-webhooks"));

        Assert.Equal(503, await SyncAsync());
        JsonElement wallets = await ViewAsync("wallets");
        Assert.Equal(204, await SyncAsync());

        Assert.Contains("HTTP 429", wallets.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.True(Instant(await ViewAsync("wallets"), "syncedAt") > Instant(wallets, "failedAt"));
    }

    [Fact]
    public async Task A_token_that_is_not_taken_is_told_and_not_tried_again()
    {
        string token = Alchemy.ManagementToken;
        Alchemy.ManagementToken = "another";
        int calls = Alchemy.Calls.Count;

        Assert.Equal(204, await SyncAsync());
        int asked = Alchemy.Calls.Skip(calls).Count(call => call.Path.StartsWith("/api/", StringComparison.Ordinal));
        string? failure = (await ViewAsync("collections")).GetProperty("failure").GetString();
        Alchemy.ManagementToken = token;
        await SyncAsync();

        Assert.Equal(1, asked);
        Assert.Contains("the team's token is not taken", failure, StringComparison.Ordinal);
        Assert.DoesNotContain(token, failure, StringComparison.Ordinal);
        Assert.Equal(await RegisteredAsync(), Alchemy.WatchedBy(Collections));
    }

    [Fact]
    public async Task Many_runs_at_once_make_each_change_once()
    {
        await SyncAsync();
        await WatchAsync(WalletOf(1));
        int writes = Writes;

        int[] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SyncAsync()));

        Assert.All(answers, it => Assert.Equal(204, it));
        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
        Assert.Equal(writes + 1, Writes);
    }

    [Fact]
    public async Task A_wish_that_comes_while_a_run_works_is_served_by_it()
    {
        await SyncAsync();
        Task<int> run;
        Task<int> late;
        await using (RowLock row = await RowLock.TakeAsync(
            AdminConnectionString, "SELECT FROM hooks WHERE name = 'signers' FOR UPDATE", Cancelled))
        {
            run = SyncAsync();
            await row.WaitForWaiterAsync(Cancelled);
            await WatchAsync(WalletOf(1));
            late = SyncAsync();
        }

        Assert.Equal((204, 204), (await run, await late));
        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
    }

    [Fact]
    public async Task A_run_without_time_says_so_and_the_next_goes_on()
    {
        await SyncAsync();
        await WatchAsync(WalletOf(1));
        Task<int> run;
        await using (RowLock row = await RowLock.TakeAsync(
            AdminConnectionString, "SELECT FROM hooks WHERE name = 'wallets' FOR UPDATE", Cancelled))
        {
            run = SyncAsync();
            await row.WaitForWaiterAsync(Cancelled);
            Market.Clock.Advance(TimeSpan.FromSeconds(13));
        }

        Assert.Equal(204, await run);
        string? failure = (await ViewAsync("wallets")).GetProperty("failure").GetString();
        Assert.Empty(Alchemy.WatchedBy(Wallets));
        await SyncAsync();

        Assert.Contains("no time", failure, StringComparison.Ordinal);
        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
    }

    [Fact]
    public async Task A_run_that_lost_its_lease_changes_nothing_more()
    {
        await SyncAsync();
        await WatchAsync(WalletOf(1));
        await DisturbAsync(
            "NEW.name = 'collections'",
            "UPDATE leases SET holder = gen_random_uuid(), fence = fence + 1 WHERE name = 'hooks'");
        int writes = Writes;

        Assert.Equal(204, await SyncAsync());
        await SootheAsync();
        Assert.Equal(writes, Writes);
        await Market.PassAsync(TimeSpan.FromMinutes(1), Cancelled);
        await SyncAsync();
        Assert.Equal(Lists([WalletOf(1)]), Alchemy.WatchedBy(Wallets));
    }

    private async Task<string[]> RegisteredAsync() => Lists((await Market.App.Database.ListAsync<byte[]>(
        "SELECT contract FROM collections", Cancelled)).Select(it => new Address(it)));

    private static DateTimeOffset Instant(JsonElement view, string name) => view.GetProperty(name).GetDateTimeOffset();
}
