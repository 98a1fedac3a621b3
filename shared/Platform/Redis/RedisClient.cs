using Microsoft.Extensions.Logging;
using Souk.Domain.Failures;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Souk.Platform.Redis;

/// <summary>
/// What may vanish: short-lived answers and counters. Every call says "not there" when Redis is down.
/// </summary>
/// <param name="options">Where it is.</param>
/// <param name="login">Reads user and password.</param>
/// <param name="logger">Where an outage is said, once per call.</param>
public sealed partial class RedisClient(
    RedisOptions options,
    Func<CancellationToken, ValueTask<(string User, string Password)>> login,
    ILogger<RedisClient> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly CurrentLogin _login = new();
    private ConnectionMultiplexer? _connection;

    /// <summary>Connects, so that the first request finds a connection.</summary>
    public async Task PrewarmAsync(CancellationToken cancellationToken) => await OpenAsync(cancellationToken);

    /// <summary>The value of a key; null when it is absent or Redis is down.</summary>
    public Task<string?> FindAsync(string key, CancellationToken cancellationToken) =>
        TryAsync<string?>(async database => await database.StringGetAsync(key), whenDown: null, cancellationToken);

    /// <summary>Keeps a value for a while.</summary>
    public Task PutAsync(string key, string value, TimeSpan lifetime, CancellationToken cancellationToken) =>
        TryAsync(database => database.StringSetAsync(key, value, lifetime), whenDown: false, cancellationToken);

    /// <summary>Forgets a value.</summary>
    public Task RemoveAsync(string key, CancellationToken cancellationToken) =>
        TryAsync(database => database.KeyDeleteAsync(key), whenDown: false, cancellationToken);

    /// <summary>Counts one more in a window that began with the first; null when Redis is down.</summary>
    public Task<long?> CountAsync(string key, TimeSpan window, CancellationToken cancellationToken) =>
        TryAsync<long?>(
            async database =>
            {
                long count = await database.StringIncrementAsync(key);
                if (count == 1)
                    await database.KeyExpireAsync(key, window);
                return count;
            },
            whenDown: null,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _opening.Dispose();
    }

    private async Task<T> TryAsync<T>(
        Func<IDatabase, Task<T>> call, T whenDown, CancellationToken cancellationToken)
    {
        try
        {
            return await call((await OpenAsync(cancellationToken)).GetDatabase());
        }
        catch (Exception exception) when (IsDown(exception))
        {
            Log.Down(logger, exception.GetType().Name);
            await TryRefreshLoginAsync(cancellationToken);
            return whenDown;
        }
    }

    /// <summary>A rotated password is met by the library's own next attempt to connect.</summary>
    private async Task TryRefreshLoginAsync(CancellationToken cancellationToken)
    {
        try
        {
            _login.Value = await login(cancellationToken);
        }
        catch (FailureException)
        {
            // Without Vault the old one stands; the next call asks again.
        }
    }

    private static bool IsDown(Exception exception) =>
        exception is RedisException or TimeoutException or FailureException or ObjectDisposedException;

    private async ValueTask<ConnectionMultiplexer> OpenAsync(CancellationToken cancellationToken)
    {
        if (_connection is { } open)
            return open;
        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _connection ??= await ConnectAsync(cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        _login.Value = await login(cancellationToken);
        int timeoutMs = (int)options.CommandTimeout.TotalMilliseconds;
        ConfigurationOptions settings = new()
        {
            Defaults = _login,
            EndPoints = { options.Endpoint },
            Ssl = options.Tls,
            AbortOnConnectFail = false,
            ConnectTimeout = 1000,
            ConnectRetry = 1,
            AsyncTimeout = timeoutMs,
            SyncTimeout = timeoutMs,
            BacklogPolicy = BacklogPolicy.FailFast,
            // Start-up asks for nothing that the first command does not need: no tie-breaker, no broadcast channel.
            TieBreaker = "",
            ConfigurationChannel = "",
            ClientName = "souk",
        };
        return await ConnectionMultiplexer.ConnectAsync(settings);
    }

    /// <summary>What each handshake asks for its user and password.</summary>
    private sealed class CurrentLogin : DefaultOptionsProvider
    {
        public (string User, string Password) Value { get; set; }

        public override string? User => Value.User;

        public override string? Password => Value.Password;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Went on without Redis: {Reason}.")]
        internal static partial void Down(ILogger logger, string reason);
    }
}
