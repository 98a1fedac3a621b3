using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Platform.Redis;

namespace Souk.Platform.Tests.Redis;

public sealed class RedisClientTests(SharedWorld shared) : IAsyncLifetime
{
    private World _world = null!;
    private RedisClient _redis = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await shared.GetAsync();
        _redis = Client(_world.Redis.Endpoint, () => _world.Redis.Password("marketplace"));
    }

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Finds_what_was_put_until_it_is_removed()
    {
        string key = NewKey();

        Assert.Null(await _redis.FindAsync(key, Token));
        await _redis.PutAsync(key, "value", TimeSpan.FromMinutes(1), Token);
        Assert.Equal("value", await _redis.FindAsync(key, Token));
        await _redis.RemoveAsync(key, Token);
        Assert.Null(await _redis.FindAsync(key, Token));
    }

    [Fact]
    public async Task Counts_in_a_window_that_begins_with_the_first()
    {
        string key = NewKey();

        long?[] counts =
        [
            await _redis.CountAsync(key, TimeSpan.FromMinutes(1), Token),
            await _redis.CountAsync(key, TimeSpan.FromMinutes(1), Token),
        ];

        Assert.Equal([1, 2], counts);
    }

    [Fact]
    public async Task Goes_on_without_a_server_that_never_was_there()
    {
        await using RedisClient nowhere = Client("127.0.0.1:9", () => "any");
        Stopwatch watch = Stopwatch.StartNew();

        Assert.Null(await nowhere.FindAsync("a", Token));
        Assert.Null(await nowhere.CountAsync("a", TimeSpan.FromMinutes(1), Token));
        await nowhere.PutAsync("a", "b", TimeSpan.FromMinutes(1), Token);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Goes_on_without_a_server_that_stops_and_with_it_when_it_is_back()
    {
        using RespServer server = RespServer.Start("marketplace");
        await using RedisClient redis = Client(server.Endpoint, () => server.Password("marketplace"));
        await redis.PutAsync("a", "b", TimeSpan.FromMinutes(1), Token);
        Assert.Equal("b", await redis.FindAsync("a", Token));

        server.Stop();
        Assert.Null(await redis.FindAsync("a", Token));
        server.Start();

        await PutUntilFoundAsync(redis);
    }

    [Fact]
    public async Task Takes_a_new_password_without_a_restart()
    {
        string password = "not-yet-rotated";
        await using RedisClient redis = Client(_world.Redis.Endpoint, () => password);
        Assert.Null(await redis.FindAsync("a", Token));

        password = _world.Redis.Password("marketplace");

        await PutUntilFoundAsync(redis);
    }

    // The library tries again at its own pace; its attempts are what there is to wait for.
    private static async Task PutUntilFoundAsync(RedisClient redis)
    {
        string key = NewKey();
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(50));
        do
        {
            await redis.PutAsync(key, "again", TimeSpan.FromMinutes(1), Token);
            if (await redis.FindAsync(key, Token) == "again")
                return;
        }
        while (await pace.WaitForNextTickAsync(Token));
    }

    private static string NewKey() => $"test:{Guid.NewGuid()}";

    private static RedisClient Client(string endpoint, Func<string> password) => new(
        new RedisOptions { Endpoint = endpoint, CommandTimeout = TimeSpan.FromSeconds(1) },
        _ => ValueTask.FromResult(("marketplace", password())),
        NullLogger<RedisClient>.Instance);
}
