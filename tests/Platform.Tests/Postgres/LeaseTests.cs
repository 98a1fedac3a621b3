using Microsoft.Extensions.Time.Testing;
using Souk.Platform.Postgres;

namespace Souk.Platform.Tests.Postgres;

public sealed class LeaseTests : IClassFixture<RoomDatabases>
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly RoomDatabases _rooms;
    private readonly Database _database;

    public LeaseTests(RoomDatabases rooms)
    {
        _rooms = rooms;
        _database = rooms.As("marketplace", clock: _clock);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_held_by_one_until_its_time_is_over()
    {
        Lease? first = await TakeAsync("a");
        Lease? second = await TakeAsync("a");
        _clock.Advance(Minute);
        Lease? third = await TakeAsync("a");

        Assert.Equal(1, first!.Fence);
        Assert.Null(second);
        Assert.Equal(2, third!.Fence);
    }

    [Fact]
    public async Task Keeps_a_holder_who_slept_from_writing()
    {
        Lease? sleeper = await TakeAsync("b");
        _clock.Advance(Minute);
        Lease? next = await TakeAsync("b");

        Assert.False(await KeepAsync(sleeper!));
        Assert.True(await KeepAsync(next!));
    }

    [Fact]
    public async Task Is_prolonged_by_its_holders_writes()
    {
        Lease? held = await TakeAsync("c");
        _clock.Advance(Minute / 2);
        Assert.True(await KeepAsync(held!));
        _clock.Advance(Minute / 2);

        Assert.Null(await TakeAsync("c"));
    }

    [Fact]
    public async Task Can_be_taken_at_once_when_it_was_given_back()
    {
        Lease? first = await TakeAsync("d");
        await _database.WriteAsync(transaction => first!.ReleaseAsync(transaction, Token), Token);

        Lease? second = await TakeAsync("d");

        Assert.Equal(2, second!.Fence);
        Assert.False(await KeepAsync(first!));
    }

    [Fact]
    public async Task Is_not_given_back_by_one_who_no_longer_holds_it()
    {
        Lease? sleeper = await TakeAsync("e");
        _clock.Advance(Minute);
        await TakeAsync("e");
        await _database.WriteAsync(transaction => sleeper!.ReleaseAsync(transaction, Token), Token);

        Assert.Null(await TakeAsync("e"));
    }

    [Fact]
    public async Task Goes_to_one_of_many_who_ask_at_once()
    {
        Lease?[] leases = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TakeAsync("f")));

        Assert.Single(leases, lease => lease is not null);
    }

    [Fact]
    public async Task Makes_a_successor_wait_for_the_holders_write_under_way()
    {
        Lease? holder = await TakeAsync("g");
        _clock.Advance(Minute);
        Task<Lease?> successor = Task.FromResult<Lease?>(null);

        bool isKept = await _database.WriteAsync(
            async transaction =>
            {
                bool kept = await holder!.TryKeepAsync(transaction, Minute, Token);
                successor = TakeAsync("g");
                await _rooms.WaitForBlockedAsync();
                return kept;
            },
            Token);

        Assert.True(isKept);
        Assert.Null(await successor);
    }

    [Fact]
    public async Task Is_each_rooms_own()
    {
        Database signing = _rooms.As("signing", clock: _clock);
        await TakeAsync("h");

        Lease? other = await signing.WriteAsync(
            transaction => Lease.TryTakeAsync(transaction, "h", Minute, Token), Token);

        Assert.Equal(1, other!.Fence);
    }

    private Task<Lease?> TakeAsync(string name) => _database.WriteAsync(
        transaction => Lease.TryTakeAsync(transaction, name, Minute, Token), Token);

    private Task<bool> KeepAsync(Lease lease) => _database.WriteAsync(
        transaction => lease.TryKeepAsync(transaction, Minute, Token), Token);
}
