using System.Globalization;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;
using Souk.Platform.Tests.Hosting;

namespace Souk.Platform.Tests.Postgres;

/// <summary>Events of one subject, taken in order by real sessions of PostgreSQL.</summary>
public sealed class InboxTests(RoomDatabases rooms) : IClassFixture<RoomDatabases>
{
    private readonly Database _database = rooms.As("marketplace");
    private readonly string _subject = $"wallet/{Guid.NewGuid()}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_the_events_of_a_subject_as_they_come_in_order()
    {
        Assert.Equal(Taking.Taken, await TakeAsync(Event(1)));
        Assert.Equal(Taking.Taken, await TakeAsync(Event(2)));
        Assert.Equal(Taking.Taken, await TakeAsync(Event(40)));
        Assert.Equal(40, await HeadAsync());
    }

    [Fact]
    public async Task Takes_an_older_event_without_effect_so_that_the_relay_stops()
    {
        ReceivedEvent older = Event(1);
        await TakeAsync(Event(2));

        Assert.Equal(Taking.Outdated, await TakeAsync(older));

        Assert.Equal(1L, await rooms.Admin.FindAsync<long>(
            "SELECT count(*) FROM inbox WHERE consumer = 'marketplace' AND id = $1", Token, older.Id));
        Assert.Equal(2, await HeadAsync());
    }

    [Fact]
    public async Task Calls_whatever_came_before_a_duplicate()
    {
        ReceivedEvent older = Event(1);
        ReceivedEvent newer = Event(2);
        await TakeAsync(newer);
        await TakeAsync(older);

        Assert.Equal(Taking.Duplicate, await TakeAsync(newer));
        Assert.Equal(Taking.Duplicate, await TakeAsync(older));
    }

    [Fact]
    public async Task Keeps_an_order_for_each_consumer_source_and_subject()
    {
        ReceivedEvent newer = Event(9);
        await TakeAsync(newer);

        Assert.Equal(Taking.Taken, await TakeAsync(Event(1) with { Source = "/signing" }));
        Assert.Equal(Taking.Taken, await TakeAsync(Event(1) with { Subject = _subject + "/other" }));
        Assert.Equal(Taking.Taken, await rooms.As("signing").WriteAsync(
            transaction => Inbox.TakeInOrderAsync(transaction, Event(1), Token), Token));
    }

    [Fact]
    public async Task Has_an_older_event_wait_for_the_newer_one_and_then_finds_it_outdated()
    {
        TaskCompletionSource isTaken = new();
        TaskCompletionSource hold = new();
        Task<Taking> newer = TakeAsync(Event(2), isTaken, hold.Task);
        await isTaken.Task;
        Task<Taking> older = TakeAsync(Event(1));
        await rooms.WaitForBlockedAsync();
        hold.SetResult();

        Assert.Equal((Taking.Taken, Taking.Outdated), (await newer, await older));
        Assert.Equal(2, await HeadAsync());
    }

    [Fact]
    public async Task Takes_the_older_event_after_all_when_the_newer_ones_effect_was_rolled_back()
    {
        TaskCompletionSource isTaken = new();
        TaskCompletionSource hold = new();
        Task<Taking> newer = TakeAsync(Event(2), isTaken, hold.Task);
        await isTaken.Task;
        Task<Taking> older = TakeAsync(Event(1));
        await rooms.WaitForBlockedAsync();
        hold.SetException(new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => newer);
        Assert.Equal(Taking.Taken, await older);
        Assert.Equal(1, await HeadAsync());
    }

    [Fact]
    public async Task Applies_each_event_once_and_never_an_older_after_a_newer_however_they_come()
    {
        ReceivedEvent[] events = [.. Enumerable.Range(1, 40).Select(n => Event(n))];
        Random order = new(7);
        ReceivedEvent[] deliveries = [.. events.Concat(events).Concat(events)];
        order.Shuffle(deliveries);
        List<long> applied = [];

        await Parallel.ForEachAsync(
            deliveries,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token },
            async (received, _) =>
            {
                // The subject's head is locked until the commit, so the list's order is that of the effects.
                await _database.WriteAsync(
                    async transaction =>
                    {
                        if (await Inbox.TakeInOrderAsync(transaction, received, Token) == Taking.Taken)
                            lock (applied) applied.Add(received.Sequence!.Value);
                    },
                    Token);
            });

        Assert.Equal(applied.Order(), applied);
        Assert.Equal(applied.Distinct(), applied);
        Assert.Equal(40, applied[^1]);
        Assert.Equal(40, await HeadAsync());
        Assert.Equal(40L, await rooms.Admin.FindAsync<long>(
            "SELECT count(*) FROM inbox WHERE id = ANY ($1)", Token, (object)events.Select(sent => sent.Id).ToArray()));
    }

    [Fact]
    public async Task Events_of_a_locked_subject_are_numbered_as_their_announcers_commit()
    {
        await _database.WriteAsync(
            transaction => Lease.TryTakeAsync(transaction, _subject, TimeSpan.FromMinutes(1), Token), Token);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 60),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token },
            async (_, _) => await _database.WriteAsync(ChangeAndAnnounceAsync, Token));

        IReadOnlyList<int> counts = await rooms.Admin.ListAsync<int>(
            "SELECT (data->>'count')::int FROM outbox WHERE subject = $1 ORDER BY sequence", Token, _subject);
        Assert.Equal(Enumerable.Range(2, 60), counts);
    }

    [Theory]
    [InlineData(null, "1")]
    [InlineData("wallet/1", null)]
    [InlineData("wallet/1", "-1")]
    [InlineData("wallet/1", "newest")]
    [InlineData("wallet/1", "99999999999999999999")]
    public async Task Calls_an_event_without_a_place_in_the_order_poison(string? subject, string? sequence)
    {
        ReceivedEvent unplaced = Event(1) with
        {
            Subject = subject,
            Extensions = sequence is null ? new() : new Dictionary<string, string> { ["sequence"] = sequence },
        };

        FailureException refused = await Assert.ThrowsAsync<FailureException>(() => TakeAsync(unplaced));

        Assert.Equal(FailureCode.EventPoison, refused.Failure.Code);
        Assert.Equal(0L, await rooms.Admin.FindAsync<long>(
            "SELECT count(*) FROM inbox WHERE id = $1", Token, unplaced.Id));
    }

    // The row's fence is the subject's state: it rises with each change, under the row's lock.
    private async Task ChangeAndAnnounceAsync(Transaction transaction)
    {
        long? state = await transaction.FindValueAsync(
            "UPDATE leases SET fence = fence + 1 WHERE name = $1 RETURNING fence",
            [_subject],
            row => row.Bigint(0),
            Token);
        await transaction.AnnounceAsync(
            EventType.ListingActivated,
            _subject,
            new Happening("changed", (int)state!.Value),
            EdgeJson.Default.Happening,
            Token);
    }

    private Task<Taking> TakeAsync(
        ReceivedEvent received, TaskCompletionSource? isTaken = null, Task? hold = null) => _database.WriteAsync(
        async transaction =>
        {
            Taking taking = await Inbox.TakeInOrderAsync(transaction, received, Token);
            isTaken?.SetResult();
            await (hold ?? Task.CompletedTask);
            return taking;
        },
        Token);

    private ReceivedEvent Event(long sequence) => new(
        Guid.NewGuid().ToString(),
        "/auth",
        "souk.test.v1",
        _subject,
        null,
        new Dictionary<string, string> { ["sequence"] = sequence.ToString("D20", CultureInfo.InvariantCulture) },
        default);

    private Task<long> HeadAsync() => rooms.Admin.FindAsync<long>(
        "SELECT sequence FROM inbox_heads WHERE consumer = 'marketplace' AND source = '/auth' AND subject = $1",
        Token,
        _subject);
}
