using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Domain.Wire;
using Souk.Platform.CloudEvents;

namespace Souk.Platform.Postgres;

/// <summary>Why a consumer could not take an event.</summary>
/// <param name="Consumer">The function; null when the broker named none.</param>
/// <param name="Reason">The last status it answered, or <c>undelivered</c>, <c>untaken</c>, <c>unsent</c>.</param>
/// <param name="Detail">What it said, readable and bounded; null for nothing.</param>
public sealed record Death(string? Consumer, string Reason, string? Detail);

/// <summary>An event that one consumer could not take, and what was decided about it.</summary>
/// <param name="Id">The letter.</param>
/// <param name="Event">The event as it was sent.</param>
/// <param name="Death">Why it is here.</param>
/// <param name="Status">Whose turn it is.</param>
/// <param name="Deaths">How often it came.</param>
/// <param name="CreatedAt">When it first came.</param>
/// <param name="ChangedAt">When it last came or changed its status.</param>
/// <param name="DecidedBy">Who replayed or discarded it last; null before.</param>
/// <param name="Decision">Why it was discarded; null when it was not.</param>
public sealed record DeadLetterRecord(
    Guid Id,
    ReceivedEvent Event,
    Death Death,
    DeadLetterStatus Status,
    int Deaths,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt,
    Guid? DecidedBy,
    string? Decision);

/// <summary>Owner of <c>dead_letters</c>: what no consumer could take; only Jobs may.</summary>
public static class DeadLetterTable
{
    // What a decision has closed stays closed when a late copy comes; what waits for an operator goes on waiting.
    private const string KeepSql = """
        INSERT INTO dead_letters AS d (letter_id, source, id, type, subject, data, attributes, consumer, status, reason,
            detail, created_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12, $12)
        ON CONFLICT (source, id, consumer) DO UPDATE SET
            status = CASE WHEN d.status IN ('retrying', 'replayed') THEN EXCLUDED.status ELSE d.status END,
            due_at = NULL, reason = $10, detail = $11, deaths = d.deaths + 1, changed_at = $12
        """;

    // The relay's own letters: one for each consumer that has not taken the event, or one for none.
    private const string GiveUpSql = """
        INSERT INTO dead_letters AS d (source, id, type, subject, data, attributes, consumer, status, reason,
            created_at, changed_at)
        SELECT '/' || o.room, o.id::text, o.type, o.subject, convert_to(o.data::text, 'UTF8'),
            jsonb_strip_nulls(jsonb_build_object(
                'datacontenttype', 'application/json', 'sequence', lpad(o.sequence::text, 20, '0'),
                'time', to_char(o.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'traceparent', o.traceparent)),
            m.consumer, 'parked', CASE WHEN o.sent_at IS NULL THEN 'unsent' ELSE 'untaken' END, $2, $2
        FROM outbox o LEFT JOIN outbox_missing m ON m.id = o.id
        WHERE o.id = ANY ($1) AND m.letter_status IS DISTINCT FROM 'parked'
        ON CONFLICT (source, id, consumer) DO UPDATE SET
            status = 'parked', due_at = NULL, reason = EXCLUDED.reason, deaths = d.deaths + 1, changed_at = $2
        """;

    // A parked event that was taken after all is due again, so that the relay finds it done.
    private const string SettleSql = """
        WITH taken AS (
            UPDATE dead_letters d SET status = 'taken', due_at = NULL, changed_at = $1
            WHERE d.status IN ('retrying', 'parked', 'replayed') AND EXISTS (
                SELECT FROM inbox i WHERE i.consumer = d.consumer AND i.source = d.source AND i.id = d.id)
            RETURNING d.source, d.id)
        UPDATE outbox o SET due_at = $1 FROM taken t
        WHERE o.done_at IS NULL AND o.due_at = 'infinity' AND t.source = '/' || o.room AND t.id = o.id::text
        """;

    private const string FindSql = """
        SELECT letter_id, source, id, type, subject, coalesce(data, ''), attributes::text, consumer, reason, detail,
            status, deaths, created_at, changed_at, decided_by, decision
        FROM dead_letters WHERE letter_id = $1
        """;

    private const string LockSql = """
        SELECT letter_id, source, id, type, subject, coalesce(data, ''), attributes::text, consumer, reason, detail,
            status, deaths, created_at, changed_at, decided_by, decision
        FROM dead_letters WHERE letter_id = $1 FOR UPDATE
        """;

    private const string ListSql = """
        SELECT letter_id, source, id, type, subject, ''::bytea, '{}', consumer, reason, detail,
            status, deaths, created_at, changed_at, decided_by, decision
        FROM dead_letters
        WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR consumer = $2)
            AND ($3::text IS NULL OR type = $3) AND ($4::text IS NULL OR source = $4)
            AND (created_at, letter_id) < ($5, $6)
        ORDER BY created_at DESC, letter_id DESC LIMIT $7
        """;

    private const string MoveSql = """
        UPDATE dead_letters SET status = $3, changed_at = $4, decided_by = $5, decision = $6, due_at = $7
        WHERE letter_id = $1 AND status = $2
        """;

    private const string ClaimSql = """
        WITH due AS MATERIALIZED (
            SELECT letter_id FROM dead_letters WHERE due_at <= $1
            ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        UPDATE dead_letters d SET due_at = $2 FROM due WHERE d.letter_id = due.letter_id
        RETURNING d.letter_id, d.source, d.id, d.type, d.subject, coalesce(d.data, ''), d.attributes::text, d.consumer,
            d.reason, d.detail, d.status, d.deaths, d.created_at, d.changed_at, d.decided_by, d.decision
        """;

    private const string MarkSentSql = "UPDATE dead_letters SET due_at = NULL WHERE letter_id = $1";

    /// <summary>Keeps a dead event, once for each consumer however often it comes.</summary>
    public static Task KeepAsync(
        Transaction transaction,
        ReceivedEvent dead,
        Death death,
        DeadLetterStatus status,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(dead);
        ArgumentNullException.ThrowIfNull(death);
        return transaction.ExecuteAsync(
            KeepSql,
            [
                transaction.NewId(), dead.Source, dead.Id, dead.Type, dead.Subject, dead.Data, AttributesOf(dead),
                death.Consumer, WireText.Of(status), death.Reason, death.Detail, transaction.Now,
            ],
            cancellationToken);
    }

    /// <summary>Writes the letters of events that the relay gives up.</summary>
    public static Task GiveUpAsync(Transaction transaction, Guid[] ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(GiveUpSql, [ids, transaction.Now], cancellationToken);
    }

    /// <summary>Closes the letters whose consumers have taken the event after all.</summary>
    public static Task SettleAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(SettleSql, [transaction.Now], cancellationToken);
    }

    /// <summary>The letter, or null.</summary>
    public static Task<DeadLetterRecord?> FindAsync(
        Transaction transaction, Guid id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [id], Read, cancellationToken);
    }

    /// <summary>The letter, locked until the end of the transaction.</summary>
    /// <exception cref="FailureException"><c>not_found</c>.</exception>
    public static async Task<DeadLetterRecord> LockAsync(
        Transaction transaction, Guid id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindAsync(LockSql, [id], Read, cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such dead letter.");
    }

    /// <summary>Letters without their data, newest first.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="status">Only those; null for all, as with what follows.</param>
    /// <param name="consumer">Only this function's.</param>
    /// <param name="type">Only events of this type.</param>
    /// <param name="source">Only events from there.</param>
    /// <param name="beforeAt">Only what came before; with the next, where the last page ended.</param>
    /// <param name="beforeId">Of those of that very time, only those with a smaller id.</param>
    /// <param name="rowsMax">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<DeadLetterRecord>> ListAsync(
        Transaction transaction,
        DeadLetterStatus? status,
        string? consumer,
        string? type,
        string? source,
        DateTimeOffset beforeAt,
        Guid beforeId,
        int rowsMax,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        string? wanted = status is { } one ? WireText.Of(one) : null;
        return transaction.ListAsync(
            ListSql, [wanted, consumer, type, source, beforeAt, beforeId, rowsMax], Read, cancellationToken);
    }

    /// <summary>Moves a locked letter as somebody decided.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="letter">The letter as it was locked.</param>
    /// <param name="to">Where to.</param>
    /// <param name="decidedBy">Who decided.</param>
    /// <param name="decision">Why; null when nothing need be said.</param>
    /// <param name="dueAt">When the letter itself is to be sent; null when the outbox sends the event.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException"><c>conflict</c>: its status forbids the move.</exception>
    public static async Task<DeadLetterRecord> MoveAsync(
        Transaction transaction,
        DeadLetterRecord letter,
        DeadLetterStatus to,
        Guid decidedBy,
        string? decision,
        DateTimeOffset? dueAt,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(letter);
        string from = WireText.Of(letter.Status);
        int rows = !DeadLetterLifecycle.CanMove(letter.Status, to) ? 0 : await transaction.ExecuteAsync(
            MoveSql,
            [letter.Id, from, WireText.Of(to), transaction.Now, decidedBy, decision, dueAt],
            cancellationToken);
        return rows == 1
            ? letter with { Status = to, ChangedAt = transaction.Now, DecidedBy = decidedBy, Decision = decision }
            : throw new FailureException(FailureCode.Conflict, $"The dead letter is {from}.");
    }

    /// <summary>Claims replayed letters that are to be sent themselves, and puts off their next attempt.</summary>
    public static Task<List<DeadLetterRecord>> ClaimAsync(
        Transaction transaction, TimeSpan retryIn, int rowsMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(
            ClaimSql, [transaction.Now, transaction.Now + retryIn, rowsMax], Read, cancellationToken);
    }

    /// <summary>Marks a letter that the broker has taken again.</summary>
    public static Task MarkSentAsync(Transaction transaction, Guid id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(MarkSentSql, [id], cancellationToken);
    }

    private static string AttributesOf(ReceivedEvent dead)
    {
        Dictionary<string, string> attributes = dead.Extensions
            .Where(extension => !extension.Key.StartsWith("knative", StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);
        if (dead.Time is { } time)
            attributes["time"] = time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        if (dead.ContentType is { } contentType)
            attributes["datacontenttype"] = contentType;
        if (dead.DataSchema is { } schema)
            attributes["dataschema"] = schema;
        return JsonSerializer.Serialize(attributes, AttributesJson.Default.DictionaryStringString);
    }

    private static DeadLetterRecord Read(Row row)
    {
        Dictionary<string, string> attributes =
            JsonSerializer.Deserialize(row.Text(6), AttributesJson.Default.DictionaryStringString)!;
        attributes.Remove("time", out string? time);
        attributes.Remove("datacontenttype", out string? contentType);
        attributes.Remove("dataschema", out string? schema);
        DateTimeOffset? happenedAt =
            time is null ? null : DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
        return new DeadLetterRecord(
            row.Id(0),
            new ReceivedEvent(
                row.Text(2), row.Text(1), row.Text(3), row.TextOrNull(4), happenedAt, attributes, row.Bytes(5))
            {
                ContentType = contentType,
                DataSchema = schema,
            },
            new Death(row.TextOrNull(7), row.Text(8), row.TextOrNull(9)),
            WireText.Parse<DeadLetterStatus>(row.Text(10)),
            row.Integer(11),
            row.Instant(12),
            row.Instant(13),
            row.IdOrNull(14),
            row.TextOrNull(15));
    }
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class AttributesJson : JsonSerializerContext;
