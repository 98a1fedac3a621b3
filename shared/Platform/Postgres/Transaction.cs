using System.Text.Json.Serialization.Metadata;
using Npgsql;
using Souk.Domain.Events;
using Souk.Platform.CloudEvents;
using Souk.Platform.Randomness;

namespace Souk.Platform.Postgres;

/// <summary>One unit of work: one connection, one frozen time, and the events that leave after its commit.</summary>
/// <remarks>
/// Table classes take it first; statements are raw literals with explicit columns and <c>$n</c> parameters.
/// </remarks>
public sealed class Transaction
{
    private const int CounterMax = 0xfff;

    private readonly NpgsqlConnection _connection;
    private readonly EntropySource _entropy;
    private readonly List<OutgoingEvent> _announced = [];
    private readonly List<Func<Task>> _last = [];
    private int _ids;

    internal Transaction(NpgsqlConnection connection, string room, DateTimeOffset now, EntropySource entropy)
    {
        _connection = connection;
        _entropy = entropy;
        Room = room;
        Now = now;
    }

    /// <summary>The time of the whole unit of work.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>The function whose database role this is.</summary>
    public string Room { get; }

    /// <summary>The events announced so far; they are sent once the transaction has committed.</summary>
    internal IReadOnlyList<OutgoingEvent> Announced => _announced;

    /// <summary>A new identifier that sorts by time, and in this unit of work by when it was asked for.</summary>
    /// <remarks>
    /// RFC 9562 section 6.2, method 1: the 12 bits after the version count; past 4,095 they stand still.
    /// </remarks>
    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _entropy.NewId(Now).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6] = (byte)(0x70 | (_ids >> 8));
        bytes[7] = (byte)(_ids & 0xff);
        _ids = Math.Min(_ids + 1, CounterMax);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The number of rows it touched.</returns>
    public async Task<int> ExecuteAsync(string sql, SqlValue[] values, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = Prepare(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads at most one row.</summary>
    /// <returns>What <paramref name="read"/> makes of it; null when there is none.</returns>
    public async Task<T?> FindAsync<T>(
        string sql, SqlValue[] values, Func<Row, T> read, CancellationToken cancellationToken)
        where T : class
    {
        List<T> rows = await ListAsync(sql, values, read, cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Reads at most one row into a value type.</summary>
    /// <returns>What <paramref name="read"/> makes of it; null when there is none.</returns>
    public async Task<T?> FindValueAsync<T>(
        string sql, SqlValue[] values, Func<Row, T> read, CancellationToken cancellationToken)
        where T : struct
    {
        List<T> rows = await ListAsync(sql, values, read, cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Reads all rows; the statement carries its own limit.</summary>
    public async Task<List<T>> ListAsync<T>(
        string sql, SqlValue[] values, Func<Row, T> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        await using NpgsqlCommand command = Prepare(sql, values);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(new Row(reader)));
        return rows;
    }

    /// <summary>Announces a fact: one outbox row in this transaction, sent after its commit, at least once.</summary>
    /// <remarks>
    /// The event's sequence is drawn here, before the commit, and rises per subject as its announcers commit if each
    /// has locked or written the subject's row before it announces: who comes second then also draws second. Across
    /// subjects it promises nothing.
    /// </remarks>
    /// <param name="type">Which fact; it names its consumers.</param>
    /// <param name="subject">
    /// What it is about, such as <c>listing/…</c>; a consumer may take its events in order
    /// (<see cref="Inbox.TakeInOrderAsync"/>).
    /// </param>
    /// <param name="data">The event's data.</param>
    /// <param name="json">How the data is written.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task AnnounceAsync<T>(
        EventType type, string subject, T data, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        _announced.Add(await Outbox.AddAsync(this, type, subject, data, json, cancellationToken));

    /// <summary>Announces an event of the outbox again, as if it were new; only Jobs may.</summary>
    /// <returns>False when the outbox does not hold it.</returns>
    public async Task<bool> AnnounceAgainAsync(string source, Guid id, CancellationToken cancellationToken)
    {
        OutgoingEvent? reopened = await Outbox.ReopenAsync(this, id, source, cancellationToken);
        if (reopened is not null)
            _announced.Add(reopened);
        return reopened is not null;
    }

    /// <summary>Puts off what holds up others until just before the commit.</summary>
    internal void DoLast(Func<Task> act) => _last.Add(act);

    /// <summary>Does what was put off, in order.</summary>
    internal async Task FinishAsync()
    {
        foreach (Func<Task> act in _last)
            await act();
    }

    private NpgsqlCommand Prepare(string sql, SqlValue[] values)
    {
#pragma warning disable CA2100 // Every caller's statement is a constant; a test prepares each against the schema.
        NpgsqlCommand command = new(sql, _connection);
#pragma warning restore CA2100
        foreach (SqlValue value in values)
            command.Parameters.Add(value.ToParameter());
        return command;
    }
}
