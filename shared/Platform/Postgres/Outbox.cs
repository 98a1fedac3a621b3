using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Souk.Domain.Events;
using Souk.Platform.CloudEvents;

namespace Souk.Platform.Postgres;

/// <summary>Events on their way out: written with their cause, done when every consumer has taken them.</summary>
public static class Outbox
{
    /// <summary>How long the attempt right after the commit has before the relay may take a row.</summary>
    public static readonly TimeSpan RelayDelay = TimeSpan.FromSeconds(10);

    private const string AddSql = """
        INSERT INTO outbox (id, room, type, subject, data, traceparent, consumers, created_at, due_at)
        VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9)
        RETURNING id, room, type, subject, sequence, data::text, traceparent, created_at
        """;

    internal static async Task<OutgoingEvent> AddAsync<T>(
        Transaction transaction,
        EventType type,
        string subject,
        T data,
        JsonTypeInfo<T> json,
        CancellationToken cancellationToken)
    {
        List<OutgoingEvent> added = await transaction.ListAsync(
            AddSql,
            [
                transaction.NewId(), transaction.Room, type.Name, subject, JsonSerializer.Serialize(data, json),
                Activity.Current?.Id, type.Consumers.ToArray(), transaction.Now, transaction.Now + RelayDelay,
            ],
            Read,
            cancellationToken);
        return added[0];
    }

    /// <summary>
    /// Reads the eight columns of an event: id, room, type, subject, sequence, data, traceparent, time.
    /// </summary>
    public static OutgoingEvent Read(Row row) => new(
        row.Id(0), $"/{row.Text(1)}", row.Text(2), row.Text(3), row.Bigint(4), row.Text(5), row.TextOrNull(6),
        row.Instant(7));
}
