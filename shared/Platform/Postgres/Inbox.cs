using Souk.Domain.Failures;
using Souk.Platform.CloudEvents;

namespace Souk.Platform.Postgres;

/// <summary>What became of an event that was taken in order.</summary>
public enum Taking
{
    /// <summary>It is the newest of its subject: apply its effect.</summary>
    Taken,

    /// <summary>It came before: its effect stands already.</summary>
    Duplicate,

    /// <summary>A newer one of its subject was taken already: it has no effect, and will have none.</summary>
    Outdated,
}

/// <summary>What a consumer has taken: one row an event, written in the transaction of the event's effect.</summary>
public static class Inbox
{
    // A bare ON CONFLICT: a conflict target would need SELECT, which a room has on its own rows only.
    private const string TakeSql = """
        INSERT INTO inbox (consumer, source, id, taken_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
        """;

    // Of two at once, the second waits for the first's row and then compares with what it left.
    private const string AdvanceSql = """
        INSERT INTO inbox_heads AS head (consumer, source, subject, sequence, taken_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (consumer, source, subject) DO UPDATE SET sequence = $4, taken_at = $5 WHERE head.sequence < $4
        """;

    /// <summary>Takes an event for this room.</summary>
    /// <returns>False when it was taken before: then its effect stands already.</returns>
    public static async Task<bool> TryTakeAsync(
        Transaction transaction, string source, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        int rows = await transaction.ExecuteAsync(
            TakeSql, [transaction.Room, source, id, transaction.Now], cancellationToken);
        return rows == 1;
    }

    /// <summary>Takes an event for this room, unless a newer one of the same source and subject was taken.</summary>
    /// <remarks>
    /// Nothing between the rooms keeps events in order, so the order is the consumer's to see: by the event's
    /// <c>sequence</c>, which rises per subject as its announcers committed (<see cref="Transaction.AnnounceAsync"/>).
    /// An outdated event is taken too, so that the relay stops sending it. One subject's events are taken one after
    /// the other, and what was taken is rolled back with its effect.
    /// </remarks>
    /// <exception cref="FailureException"><c>event_poison</c>: it has no subject or no sequence.</exception>
    public static async Task<Taking> TakeInOrderAsync(
        Transaction transaction, ReceivedEvent received, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(received);
        if (received.Subject is not { } subject || received.Sequence is not { } sequence)
            throw new FailureException(FailureCode.EventPoison, "The event has no place in an order.");
        if (!await TryTakeAsync(transaction, received.Source, received.Id, cancellationToken))
            return Taking.Duplicate;

        int rows = await transaction.ExecuteAsync(
            AdvanceSql, [transaction.Room, received.Source, subject, sequence, transaction.Now], cancellationToken);
        return rows == 1 ? Taking.Taken : Taking.Outdated;
    }
}
