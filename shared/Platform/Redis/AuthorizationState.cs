using System.Globalization;
using Npgsql;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Platform.Redis;

/// <summary>
/// Whether a session still stands and its rights are those of the token: from Redis, else from PostgreSQL.
/// </summary>
/// <remarks>
/// A cached answer lives at most 4 s and the check itself well under 1 s, so that a revocation or role change binds
/// everywhere within 5 s. With Redis down, or in a room without a login to it, every check reads PostgreSQL; with both
/// down nobody is let in.
/// </remarks>
/// <param name="redis">The cache; null in a room without one.</param>
/// <param name="database">The truth: the view that Auth keeps.</param>
public sealed class AuthorizationState(RedisClient? redis, Database database)
{
    /// <summary>How long an answer may be cached.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4);

    private const string FindSql = """
        SELECT subject, epoch, is_revoked FROM authorization_state WHERE session_id = $1
        """;

    private const string Gone = "gone";

    /// <summary>Whether the session behind a verified token stands.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: neither store answered.</exception>
    public async Task<bool> StandsAsync(Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        string key = KeyOf(caller.SessionId);
        string expected = string.Create(CultureInfo.InvariantCulture, $"{caller.UserId}:{caller.Epoch}");
        string? cached = redis is null ? null : await redis.FindAsync(key, cancellationToken);
        if (cached == expected)
            return true;
        if (cached == Gone)
            return false;

        DateTimeOffset readAt = database.Now;
        string current = await ReadAsync(caller.SessionId, cancellationToken);

        // The answer's age counts from before it was read: a slow read must not stretch the 4 seconds.
        TimeSpan left = Lifetime - (database.Now - readAt);
        if (redis is not null && left > TimeSpan.Zero)
            await redis.PutAsync(key, current, left, cancellationToken);
        return current == expected;
    }

    /// <summary>Forgets what is cached of a session, so that its revocation binds at the next call.</summary>
    public Task ForgetAsync(Guid sessionId, CancellationToken cancellationToken) =>
        redis?.RemoveAsync(KeyOf(sessionId), cancellationToken) ?? Task.CompletedTask;

    private static string KeyOf(Guid sessionId) => $"authorization:{sessionId}";

    private async Task<string> ReadAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        try
        {
            string? found = await database.ReadAsync(
                transaction => transaction.FindAsync(
                    FindSql,
                    [sessionId],
                    row => row.Flag(2)
                        ? Gone
                        : string.Create(CultureInfo.InvariantCulture, $"{row.Id(0)}:{row.Bigint(1)}"),
                    cancellationToken),
                cancellationToken);
            return found ?? Gone;
        }
        catch (NpgsqlException exception)
        {
            throw new FailureException(PostgresFailures.Classify(exception), exception);
        }
    }
}
