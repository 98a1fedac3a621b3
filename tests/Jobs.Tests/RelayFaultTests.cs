using System.Net;
using System.Net.Sockets;
using Souk.Harness;
using Souk.Local.Broker;
using Souk.Local.StandIns;

namespace Souk.Jobs.Tests;

/// <summary>What the outbox says after a run of the relay died at each of its steps, and many runs at once.</summary>
public sealed class RelayFaultTests(SharedWorld world) : IAsyncLifetime
{
    private Housekeeping _jobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _jobs = await Housekeeping.StartAsync(world);

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Claimed_and_dead_before_sending_it_is_unsent_and_due_again_later()
    {
        // Connections are accepted by the kernel; nobody reads them.
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        await using Housekeeping cutOff = await Housekeeping.StartAsync(
            world, new Dictionary<string, string?> { ["Broker:Url"] = $"http://{silent.LocalEndpoint}/" });
        Guid id = await cutOff.AddEventAsync(["signing"]);
        using CancellationTokenSource death = new();

        Task<int> run = cutOff.App.TakeTickAsync("relay", death.Token);
        using (await silent.AcceptTcpClientAsync(Token))
            await death.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal("1 unsent open later", await StateAsync(cutOff, id));
    }

    [Fact]
    public async Task Sent_and_dead_before_the_answer_it_is_unmarked_and_sent_again_under_its_id()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        _jobs.App.Broker.Next(StandInFault.TimeOutAfterEffect);

        await _jobs.TickAsync("relay");
        Assert.Equal("1 unsent open later", await StateAsync(_jobs, id));
        await RelayLaterAsync();

        Assert.Equal("2 sent open later", await StateAsync(_jobs, id));
        Assert.Equal(2, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Sent_and_dead_before_the_mark_what_nobody_consumes_is_sent_once_more_and_then_done()
    {
        Guid id = await _jobs.AddEventAsync([]);
        _jobs.App.Broker.Next(StandInFault.TimeOutAfterEffect);

        await _jobs.TickAsync("relay");
        await RelayLaterAsync();
        Assert.Equal("2 sent open later", await StateAsync(_jobs, id));
        await RelayLaterAsync();

        Assert.Equal("3 sent done later", await StateAsync(_jobs, id));
        Assert.Equal(2, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Taken_before_the_mark_it_is_done_without_another_sending()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        _jobs.App.Broker.Next(StandInFault.TimeOutAfterEffect);
        await _jobs.TickAsync("relay");
        await _jobs.TakeAsync(id, "signing");

        await RelayLaterAsync();

        Assert.Equal("2 unsent done later", await StateAsync(_jobs, id));
        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Stopped_between_two_runs_it_goes_on_where_it_was()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await _jobs.TickAsync("relay");
        await _jobs.App.RestartAsync(Token);

        await RelayLaterAsync();

        Assert.Equal(2, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Many_runs_at_once_send_each_event_once()
    {
        await _jobs.App.Database.ExecuteAsync(
            """
            INSERT INTO outbox (id, room, type, subject, data, consumers, created_at, due_at)
            SELECT gen_random_uuid(), 'marketplace', 't', 't' || n, '{}', '{signing}', $1, $1
            FROM generate_series(1, 600) AS n
            """,
            Token,
            _jobs.Now);

        int[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _jobs.TickAsync("relay")));

        Assert.All(answers, answer => Assert.Equal(204, answer));
        CloudEventMessage[] sent = [.. _jobs.App.Broker.Taken];
        Assert.Equal(600, sent.Length);
        Assert.Equal(600, sent.DistinctBy(one => one.Id).Count());
        Assert.Equal(600, await _jobs.CountAsync("SELECT count(*) FROM outbox WHERE attempts = 1"));
    }

    [Fact]
    public async Task A_rows_claim_is_never_seen_by_another_run_while_it_is_being_made()
    {
        Guid claimed = await _jobs.AddEventAsync(["signing"]);
        Guid free = await _jobs.AddEventAsync(["signing"]);

        await _jobs.App.Database.ExecuteAsync(
            $"""
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END $$;
            CREATE TRIGGER hold BEFORE UPDATE OF attempts ON outbox
                FOR EACH ROW WHEN (OLD.id = '{claimed}') EXECUTE FUNCTION hold()
            """,
            Token);
        await using Npgsql.NpgsqlConnection lockHolder = new(
            (await world.GetAsync()).Database.Server.AdminConnectionString(_jobs.App.Database.Name) + ";Pooling=false");
        await lockHolder.OpenAsync(Token);
        await RunAsync(lockHolder, "SELECT pg_advisory_lock(7)");
        Task<int> first = _jobs.TickAsync("relay");
        while (await _jobs.CountAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'") == 0)
            await Task.Yield();
        Guid late = await _jobs.AddEventAsync(["signing"]);

        Assert.Equal(204, await _jobs.TickAsync("relay"));
        Assert.Equal((0, 1), (_jobs.SentCountOf(claimed), _jobs.SentCountOf(late)));
        await RunAsync(lockHolder, "SELECT pg_advisory_unlock(7)");
        Assert.Equal(204, await first);

        Assert.Equal((1, 1), (_jobs.SentCountOf(claimed), _jobs.SentCountOf(free)));
    }

    private static async Task RunAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using Npgsql.NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>Attempts, whether marked as sent, whether done, and when it is due.</summary>
    private static Task<string?> StateAsync(Housekeeping jobs, Guid id) => jobs.App.Database.FindAsync<string>(
        """
        SELECT attempts || CASE WHEN sent_at IS NULL THEN ' unsent' ELSE ' sent' END
            || CASE WHEN done_at IS NULL THEN ' open' ELSE ' done' END
            || CASE WHEN due_at > $2 THEN ' later' ELSE ' now' END
        FROM outbox WHERE id = $1
        """,
        Token, id, jobs.Now);

    private async Task RelayLaterAsync()
    {
        _jobs.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(204, await _jobs.TickAsync("relay"));
    }
}
