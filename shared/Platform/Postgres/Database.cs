using Microsoft.Extensions.Logging;
using Npgsql;
using Souk.Platform.CloudEvents;
using Souk.Platform.Randomness;
using Souk.Platform.Vault;

namespace Souk.Platform.Postgres;

/// <summary>One room's PostgreSQL: units of work, each on one connection with one time.</summary>
public sealed partial class Database : IAsyncDisposable
{
    private const int AttemptsMax = 3;

    /// <summary>How long the attempt to send events right after a commit may take; the relay does the rest.</summary>
    private static readonly TimeSpan InlineSendMax = TimeSpan.FromMilliseconds(250);

    private readonly PostgresOptions _options;
    private readonly Func<bool, CancellationToken, Task<DatabaseCredential>> _login;
    private readonly TimeProvider _clock;
    private readonly EntropySource _entropy;
    private readonly CloudEventSender? _sender;
    private readonly ILogger<Database> _logger;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private NpgsqlDataSource? _source;

    /// <summary>The database of <paramref name="room"/>.</summary>
    /// <param name="room">The function's name, which is its group role's.</param>
    /// <param name="options">Where it is.</param>
    /// <param name="login">Reads the login; true asks for one newer than the last.</param>
    /// <param name="clock">The clock, read once per unit of work.</param>
    /// <param name="entropy">Where identifiers come from.</param>
    /// <param name="sender">Where announced events go after the commit; null leaves them to the relay.</param>
    /// <param name="logger">Where a failed inline send is said.</param>
    public Database(
        string room,
        PostgresOptions options,
        Func<bool, CancellationToken, Task<DatabaseCredential>> login,
        TimeProvider clock,
        EntropySource entropy,
        CloudEventSender? sender,
        ILogger<Database> logger)
    {
        Room = room;
        _options = options;
        _login = login;
        _clock = clock;
        _entropy = entropy;
        _sender = sender;
        _logger = logger;
    }

    /// <summary>The function whose rows these are.</summary>
    public string Room { get; }

    /// <summary>The time, from the same clock as every unit of work.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>
    /// Runs one unit of work and commits it; its events are sent at once, and by the relay if that fails.
    /// </summary>
    /// <remarks>A serialization failure or deadlock runs it again, at most twice: nothing of it had happened.</remarks>
    public Task<T> WriteAsync<T>(Func<Transaction, Task<T>> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return TryAsync(() => RunAsync(body, cancellationToken));
    }

    /// <summary>As <see cref="WriteAsync{T}"/>, for work without a result.</summary>
    public Task WriteAsync(Func<Transaction, Task> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return WriteAsync(
            async transaction =>
            {
                await body(transaction);
                return true;
            },
            cancellationToken);
    }

    /// <summary>
    /// Runs a unit of work of one statement, which commits itself: one round trip in place of three.
    /// </summary>
    /// <remarks>
    /// Runs again as <see cref="WriteAsync{T}"/> does. It announces nothing: events that the statement put into the
    /// outbox are the caller's to send.
    /// </remarks>
    public Task<T> WriteStatementAsync<T>(Func<Transaction, Task<T>> statement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return TryAsync(() => ReadAsync(statement, cancellationToken));
    }

    /// <summary>Reads on one connection, each statement on its own.</summary>
    public async Task<T> ReadAsync<T>(Func<Transaction, Task<T>> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        await using NpgsqlConnection connection = await OpenAsync(cancellationToken);
        return await body(new Transaction(connection, Room, _clock.GetUtcNow(), _entropy));
    }

    /// <summary>Opens one connection into the pool, so that the first request finds it there.</summary>
    public async Task PrewarmAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await OpenAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
            await _source.DisposeAsync();
        _opening.Dispose();
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> work)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (PostgresException exception)
                when (attempt < AttemptsMax && PostgresFailures.IsSerialization(exception))
            {
                Log.RanAgain(_logger, exception.SqlState);
            }
        }
    }

    private async Task<T> RunAsync<T>(Func<Transaction, Task<T>> body, CancellationToken cancellationToken)
    {
        Transaction transaction;
        T result;
        await using (NpgsqlConnection connection = await OpenAsync(cancellationToken))
        {
            await using NpgsqlTransaction work = await connection.BeginTransactionAsync(cancellationToken);
            transaction = new Transaction(connection, Room, _clock.GetUtcNow(), _entropy);
            result = await body(transaction);
            await transaction.FinishAsync();

            // The point of no return: a caller who hangs up here must not leave the commit in doubt.
            await work.CommitAsync(CancellationToken.None);
        }

        if (_sender is not null && transaction.Announced.Count > 0)
            await SendInlineAsync(_sender, transaction.Announced);
        return result;
    }

    private async Task SendInlineAsync(CloudEventSender sender, IReadOnlyList<OutgoingEvent> events)
    {
        using CancellationTokenSource cut = new(InlineSendMax, _clock);
        try
        {
            foreach (OutgoingEvent announced in events)
                await sender.SendAsync(announced, cut.Token);

            // Inbox rows tell of the others; a mark that is lost costs one sending more.
            Guid[] done = [.. events.Where(announced => announced.IsDoneWhenSent).Select(announced => announced.Id)];
            if (done.Length > 0)
                await MarkSentAsync(done, cut.Token);
        }
#pragma warning disable CA1031 // The work is committed: nothing that fails from here on may tell the caller otherwise.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.LeftToRelay(_logger, events.Count, exception.GetType().Name);
        }
    }

    /// <summary>One statement needs no transaction of its own.</summary>
    private async Task MarkSentAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await OpenAsync(cancellationToken);
        await Outbox.MarkSentAsync(
            new Transaction(connection, Room, _clock.GetUtcNow(), _entropy), ids, cancellationToken);
    }

    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        NpgsqlDataSource source = _source ?? await OpenSourceAsync(isFresh: false, stale: null, cancellationToken);
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (PostgresException exception) when (PostgresFailures.IsCredentialRefused(exception))
        {
            source = await OpenSourceAsync(isFresh: true, source, cancellationToken);
            return await source.OpenConnectionAsync(cancellationToken);
        }
    }

    private async ValueTask<NpgsqlDataSource> OpenSourceAsync(
        bool isFresh, NpgsqlDataSource? stale, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_source is not null && !ReferenceEquals(_source, stale))
                return _source;

            DatabaseCredential login = await _login(isFresh, cancellationToken);
            NpgsqlDataSource? replaced = _source;
            _source = Build(_options, login, Room);
            if (replaced is not null)
                await replaced.DisposeAsync();
            return _source;
        }
        finally
        {
            _opening.Release();
        }
    }

    private static NpgsqlDataSource Build(PostgresOptions options, DatabaseCredential login, string room)
    {
        NpgsqlConnectionStringBuilder text = new()
        {
            Host = options.Host,
            Port = options.Port,
            Database = options.Database,
            Username = login.UserName,
            Password = login.Password,
            ApplicationName = room,
            SslMode = options.Tls ? SslMode.VerifyFull : SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            MaxPoolSize = options.PoolSizeMax,
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
            Timeout = 5,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            // Right only because no statement of ours leaves session state behind (SET, temporary tables, session
            // locks).
            NoResetOnClose = true,
        };
        if (options.RootCertificatePath is not null)
            text.RootCertificate = options.RootCertificatePath;
        NpgsqlSlimDataSourceBuilder builder = new(text.ConnectionString);
        builder.EnableArrays();
        if (options.Tls)
            builder.EnableTransportSecurity();
        return builder.Build();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Ran a unit of work again after SQLSTATE {SqlState}.")]
        internal static partial void RanAgain(ILogger logger, string sqlState);

        [LoggerMessage(2, LogLevel.Information, "Left {EventCount} events to the relay: {Reason}.")]
        internal static partial void LeftToRelay(ILogger logger, int eventCount, string reason);
    }
}
