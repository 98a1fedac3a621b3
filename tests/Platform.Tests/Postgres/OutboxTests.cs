using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Souk.Domain.Events;
using Souk.Local.Broker;
using Souk.Platform.CloudEvents;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Tests.Hosting;

namespace Souk.Platform.Tests.Postgres;

public sealed class OutboxTests(RoomDatabases rooms) : IClassFixture<RoomDatabases>, IAsyncLifetime
{
    private readonly List<OutboundHttp> _clients = [];
    private readonly EventBroker _broker = new(
        EventingManifests.Load(EventingManifests.DefaultFolder), _ => null, TimeProvider.System, waitFactor: 0);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _broker.StartAsync(Token);

    public async ValueTask DisposeAsync()
    {
        foreach (OutboundHttp client in _clients)
            client.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Sends_what_a_unit_of_work_announced_in_its_order_after_the_commit()
    {
        Database database = rooms.As("marketplace", SenderTo(_broker.EventsUrl));
        string subject = NewSubject();

        await database.WriteAsync(
            async transaction =>
            {
                await AnnounceAsync(transaction, EventType.ListingActivated, subject, 1);
                await AnnounceAsync(transaction, EventType.ChainHinted, subject, 2);
                Assert.Empty(_broker.Taken);
            },
            Token);

        Assert.Equal(["souk.listing.activated.v1", "souk.chain.hinted.v1"], _broker.Taken.Select(taken => taken.Type));
    }

    [Fact]
    public async Task Sends_the_row_as_it_is_kept()
    {
        Database database = rooms.As("marketplace", SenderTo(_broker.EventsUrl));
        string subject = NewSubject() + "/with space and ü";

        using Activity cause = new Activity("cause").Start();
        await database.WriteAsync(t => AnnounceAsync(t, EventType.ListingActivated, subject, 7), Token);
        cause.Stop();

        CloudEventMessage sent = Assert.Single(_broker.Taken);
        Assert.Equal(subject, sent.Attributes["subject"]);
        Assert.Equal("/marketplace", sent.Attributes["source"]);
        Assert.Equal("1.0", sent.Attributes["specversion"]);
        Assert.Equal(cause.Id, sent.Attributes["traceparent"]);
        Assert.Equal("application/json", sent.ContentType);
        Assert.Equal("""{"what": "sold", "count": 7}""", System.Text.Encoding.UTF8.GetString(sent.Data.Span));
        Assert.Equal(
            $"{sent.Id} {sent.Attributes["sequence"].TrimStart('0')} {sent.Attributes["traceparent"]}",
            await rooms.Admin.FindAsync<string>(
                "SELECT id || ' ' || sequence || ' ' || traceparent FROM outbox WHERE subject = $1", Token, subject));
    }

    [Fact]
    public async Task Marks_at_once_what_nobody_consumes_and_the_broker_took()
    {
        string subject = NewSubject();

        foreach (string room in new[] { "auth", "marketplace", "signing", "webhooks" })
        {
            await rooms.As(room, SenderTo(_broker.EventsUrl)).WriteAsync(
                async transaction =>
                {
                    await AnnounceAsync(transaction, EventType.ListingActivated, subject, 1);
                    await AnnounceAsync(transaction, EventType.ChainHinted, subject, 2);
                },
                Token);
        }

        Assert.Equal(4, await CountAsync(subject, "sent_at IS NOT NULL AND consumers = '{}'"));
        Assert.Equal(4, await CountAsync(subject, "sent_at IS NULL AND consumers <> '{}'"));
    }

    [Fact]
    public async Task Marks_nothing_that_the_broker_did_not_take()
    {
        Database database = rooms.As("marketplace", SenderTo(_broker.EventsUrl));
        string subject = NewSubject();
        _broker.Next(503);

        await database.WriteAsync(t => AnnounceAsync(t, EventType.ListingActivated, subject, 1), Token);

        Assert.Equal(1, await CountAsync(subject, "sent_at IS NULL"));
    }

    [Fact]
    public async Task Announces_an_event_again_as_if_it_were_new()
    {
        string subject = NewSubject();
        await rooms.As("marketplace").WriteAsync(t => AnnounceAsync(t, EventType.ChainHinted, subject, 1), Token);
        Guid id = await rooms.Admin.FindAsync<Guid>("SELECT id FROM outbox WHERE subject = $1", Token, subject);
        await rooms.Admin.ExecuteAsync(
            "UPDATE outbox SET done_at = now(), sent_at = now(), attempts = 9, due_at = 'infinity' WHERE id = $1",
            Token,
            id);

        Database jobs = rooms.As("jobs", SenderTo(_broker.EventsUrl));
        bool isFound = await jobs.WriteAsync(t => t.AnnounceAgainAsync("/marketplace", id, Token), Token);
        bool isForeign = await jobs.WriteAsync(t => t.AnnounceAgainAsync("/signing", id, Token), Token);
        bool isNowhere = await jobs.WriteAsync(t => t.AnnounceAgainAsync("/marketplace", Guid.Empty, Token), Token);

        Assert.Equal((true, false, false), (isFound, isForeign, isNowhere));
        Assert.Equal(id.ToString(), Assert.Single(_broker.Taken).Id);
        Assert.Equal(1, await CountAsync(
            subject, "done_at IS NULL AND sent_at IS NULL AND attempts = 0 AND due_at < 'infinity'"));
    }

    [Fact]
    public async Task Sends_and_keeps_nothing_of_a_unit_of_work_that_throws()
    {
        Database database = rooms.As("marketplace", SenderTo(_broker.EventsUrl));
        string subject = NewSubject();

        await Assert.ThrowsAsync<TimeoutException>(() => database.WriteAsync(
            async transaction =>
            {
                await AnnounceAsync(transaction, EventType.ListingActivated, subject, 1);
                throw new TimeoutException();
            },
            Token));

        Assert.Empty(_broker.Taken);
        Assert.Equal(0, await RowsOfAsync(subject));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(503)]
    public async Task Leaves_a_row_to_the_relay_when_the_broker_refuses(int status)
    {
        Database database = rooms.As("marketplace", SenderTo(_broker.EventsUrl));
        string subject = NewSubject();
        _broker.Next(status);

        await database.WriteAsync(t => AnnounceAsync(t, EventType.ListingActivated, subject, 1), Token);

        Assert.Empty(_broker.Taken);
        Assert.Equal(1, await RowsOfAsync(subject));
    }

    [Fact]
    public async Task Leaves_a_row_to_the_relay_when_no_broker_is_there()
    {
        Database database = rooms.As("marketplace", SenderTo(new Uri("http://127.0.0.1:9/")));
        string subject = NewSubject();

        await database.WriteAsync(t => AnnounceAsync(t, EventType.ListingActivated, subject, 1), Token);

        Assert.Equal(1, await RowsOfAsync(subject));
    }

    [Fact]
    public async Task Waits_a_quarter_of_a_second_and_no_longer_for_a_broker_that_hangs()
    {
        // Connections are accepted by the kernel; nobody reads them.
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
        Database database = rooms.As(
            "marketplace", SenderTo(new Uri($"http://{silent.LocalEndpoint}/"), clock), clock);
        string subject = NewSubject();

        Task write = database.WriteAsync(t => AnnounceAsync(t, EventType.ListingActivated, subject, 1), Token);
        using TcpClient sending = await silent.AcceptTcpClientAsync(Token);
        clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(write.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await write;

        Assert.Equal(1, await RowsOfAsync(subject));
    }

    [Fact]
    public async Task Keeps_a_row_from_the_relay_for_ten_seconds_and_names_its_consumers()
    {
        string subject = NewSubject();

        await rooms.As("marketplace").WriteAsync(t => AnnounceAsync(t, EventType.ChainHinted, subject, 1), Token);

        Assert.Equal(
            "10 marketplace signing 0",
            await rooms.Admin.FindAsync<string>(
                """
                SELECT extract(epoch FROM due_at - created_at)::int || ' ' || array_to_string(consumers, ' ') || ' '
                    || attempts FROM outbox WHERE subject = $1 AND sent_at IS NULL AND done_at IS NULL
                """,
                Token,
                subject));
    }

    [Fact]
    public async Task Takes_an_event_once_however_often_it_comes()
    {
        Database database = rooms.As("marketplace");
        string id = Guid.NewGuid().ToString();

        bool[] taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TakeAsync(database, "/a", id)));

        Assert.Single(taken, isNew => isNew);
    }

    [Fact]
    public async Task Tells_events_apart_by_source_and_by_consumer()
    {
        string id = Guid.NewGuid().ToString();

        Assert.True(await TakeAsync(rooms.As("marketplace"), "/a", id));
        Assert.True(await TakeAsync(rooms.As("marketplace"), "/b", id));
        Assert.True(await TakeAsync(rooms.As("signing"), "/a", id));
    }

    private static string NewSubject() => $"test/{Guid.NewGuid()}";

    private static Task AnnounceAsync(Transaction transaction, EventType type, string subject, int count) =>
        transaction.AnnounceAsync(type, subject, new Happening("sold", count), EdgeJson.Default.Happening, Token);

    private static Task<bool> TakeAsync(Database database, string source, string id) =>
        database.WriteAsync(transaction => Inbox.TryTakeAsync(transaction, source, id, Token), Token);

    private Task<long> RowsOfAsync(string subject) => CountAsync(subject, "true");

    private Task<long> CountAsync(string subject, string condition) => rooms.Admin.FindAsync<long>(
        $"SELECT count(*) FROM outbox WHERE subject = $1 AND {condition}", Token, subject);

    private CloudEventSender SenderTo(Uri url, TimeProvider? clock = null)
    {
        OutboundHttp http = new(BrokerOptions.Policy(url), clock ?? TimeProvider.System);
        _clients.Add(http);
        return new CloudEventSender(http);
    }
}
