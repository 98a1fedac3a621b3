using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Harness;
using Souk.Harness.Faults;
using Souk.Local.Outside;
using Souk.Platform.Postgres;

namespace Souk.Webhooks.Tests;

public sealed class DeliveryKeeperTests(SharedWorld world) : IAsyncLifetime
{
    private static readonly ChainHint Hint = new(new ChainId(1), 7);

    private FunctionApp<WebhooksFunction> _app = null!;
    private NpgsqlConnection? _holder;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DeliveryKeeper Keeper => _app.Services.GetRequiredService<DeliveryKeeper>();

    public async ValueTask InitializeAsync() => _app = await Deliveries.StartAsync(await world.GetAsync());

    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task What_comes_while_another_commit_is_under_way_shares_the_next_and_its_hint()
    {
        await HoldAsync();
        Task<int> first = Keeper.KeepAsync([Delivery("first")], Hint, Token);
        Task<int>[] rest =
        [
            .. Enumerable.Range(0, 20).Select(i => Keeper.KeepAsync(
                [Delivery($"{i}")], new ChainHint(new ChainId(i % 2 == 0 ? 1UL : 137UL), (ulong)i), Token)),
        ];
        await ReleaseAsync();
        int[] kept = await Task.WhenAll(rest.Prepend(first));

        Assert.All(kept, count => Assert.Equal(1, count));
        Assert.Equal((21, 3), await Deliveries.CountAsync(_app));
        Assert.Equal(2L, await _app.Database.FindAsync<long>("SELECT count(DISTINCT taken_at) FROM inbox", Token));
        Assert.Equal(
            ["chain/1 7", "chain/1 18", "chain/137 19"],
            await _app.Database.ListAsync<string>(
                "SELECT subject || ' ' || (data ->> 'blockNumber') FROM outbox ORDER BY created_at, subject", Token));
    }

    [Fact]
    public async Task Of_one_delivery_twice_in_one_commit_one_is_new()
    {
        await HoldAsync();
        Task<int> first = Keeper.KeepAsync([Delivery("first")], null, Token);
        Task<int>[] twins = [.. Enumerable.Range(0, 2).Select(_ => Keeper.KeepAsync([Told("twin", "1")], null, Token))];
        await ReleaseAsync();
        int[] kept = await Task.WhenAll(twins.Prepend(first));

        Assert.Equal([1, 1, 0], kept);
        Assert.Equal((2, 1), await Deliveries.CountAsync(_app));
    }

    [Fact]
    public async Task What_cannot_be_kept_fails_alone_and_takes_nobody_with_it()
    {
        await HoldAsync();
        Task<int> first = Keeper.KeepAsync([Delivery("first")], null, Token);
        Task<int> before = Keeper.KeepAsync([Delivery("before")], Hint, Token);
        Task<int> bad = Keeper.KeepAsync([Delivery("with it"), Told("bad", "\"\\u0000\"")], null, Token);
        Task<int> after = Keeper.KeepAsync([Delivery("after")], Hint, Token);
        await ReleaseAsync();
        int[] kept = await Task.WhenAll(first, before, after);

        Assert.Equal([1, 1, 1], kept);
        FailureException refusal = await Assert.ThrowsAsync<FailureException>(() => bad);
        Assert.Equal(FailureCode.InvalidRequest, refusal.Failure.Code);
        Assert.Equal(
            ["after", "before", "first"],
            await _app.Database.ListAsync<string>("SELECT id FROM inbox ORDER BY id", Token));
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_keep_others_waiting()
    {
        using CancellationTokenSource gone = new();
        await HoldAsync();
        Task<int> first = Keeper.KeepAsync([Delivery("first")], null, Token);
        Task<int> waiting = Keeper.KeepAsync([Delivery("gone")], null, gone.Token);
        Task<int> next = Keeper.KeepAsync([Delivery("next")], null, Token);
        await gone.CancelAsync();
        await ReleaseAsync();
        int[] kept = await Task.WhenAll(first, next);

        Assert.Equal([1, 1], kept);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Instances_that_get_the_same_deliveries_in_other_orders_never_wait_in_a_circle()
    {
        DeliveryKeeper[] instances = [NewInstance(), NewInstance()];
        int added = 0;
        for (int round = 0; round < 20; round++)
        {
            IncomingDelivery[] deliveries = [.. Enumerable.Range(0, 50).Select(i => Delivery($"{round}-{i}"))];
            int[] counts = await Task.WhenAll(
                instances[0].KeepAsync(deliveries, Hint, Token),
                instances[1].KeepAsync([.. deliveries.Reverse()], Hint, Token));
            added += counts.Sum();
        }

        Assert.Equal(1000, added);
        Assert.Equal(1000, (await Deliveries.CountAsync(_app)).Inbox);
    }

    [Fact]
    public async Task No_answer_is_200_when_the_commit_fails_and_the_retry_is_kept()
    {
        await _app.Database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'not now';
            END $$;
            CREATE CONSTRAINT TRIGGER refuse_commit AFTER INSERT ON inbox DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION refuse()
            """,
            Token);
        string body = Deliveries.Body(Deliveries.Activity("0x1"));

        ApiAnswer failed = await Deliveries.PostAsync(_app, body);
        (long, long) left = await Deliveries.CountAsync(_app);
        await _app.Database.ExecuteAsync("DROP TRIGGER refuse_commit ON inbox", Token);
        ApiAnswer retried = await Deliveries.PostAsync(_app, body);

        Assert.Equal((500, "internal"), (failed.Status, failed.Code));
        Assert.Equal((0, 0), left);
        Assert.Equal(200, retried.Status);
        Assert.Equal((1, 1), await Deliveries.CountAsync(_app));
    }

    [Fact]
    public async Task No_answer_is_200_when_the_commits_answer_is_lost_and_the_retry_is_a_duplicate()
    {
        World outside = await world.GetAsync();
        await using FunctionGates gates = await FunctionGates.StartAsync(outside, Token);
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(
            outside,
            ("Postgres:Host", gates.Settings["Postgres__Host"]),
            ("Postgres:Port", gates.Settings["Postgres__Port"]));
        await Deliveries.PostAsync(app, Deliveries.Body(Deliveries.Activity("0x1")));
        string body = Deliveries.Body(Deliveries.Activity("0x2"));

        gates.Point.Arm(1, CrashMoment.AfterEffect, () => Task.CompletedTask);
        ApiAnswer lost = await Deliveries.PostAsync(app, body);
        (long, long) left = await Deliveries.CountAsync(app);
        ApiAnswer retried = await Deliveries.PostAsync(app, body);

        Assert.Equal((503, "upstream_unavailable"), (lost.Status, lost.Code));
        Assert.Equal((2, 2), left);
        Assert.Equal(200, retried.Status);
        Assert.Equal((2, 2), await Deliveries.CountAsync(app));
    }

    /// <summary>Lets no commit through, so that what comes meanwhile waits together.</summary>
    private async Task HoldAsync()
    {
        _holder = new NpgsqlConnection(_app.World.Database.Server.AdminConnectionString(_app.Database.Name));
        await _holder.OpenAsync(Token);
        await using NpgsqlCommand command = new("BEGIN; LOCK TABLE inbox", _holder);
        await command.ExecuteNonQueryAsync(Token);
    }

    private async Task ReleaseAsync()
    {
        if (_holder is null) return;
        await using (NpgsqlCommand command = new("ROLLBACK", _holder))
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        await _holder.DisposeAsync();
        _holder = null;
    }

    private static IncomingDelivery Delivery(string id) => new("alchemy/main", id, "NFT_ACTIVITY", [1]);

    private static IncomingDelivery Told(string id, string dataJson) => Delivery(id) with
    {
        Announcement = new Announcement(EventType.Partner("a").OrThrow(), "partner/acme", dataJson, null),
    };

    private DeliveryKeeper NewInstance() => new(
        _app.Services.GetRequiredService<Database>(),
        _app.Services.GetRequiredService<Announcer>(),
        NullLogger<DeliveryKeeper>.Instance);
}
