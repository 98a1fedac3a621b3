using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>
/// Sends replayed letters whose events the outbox does not hold: another's, or done and purged long ago.
/// </summary>
/// <remarks>Run where an operator replays one, and by the relay for what that run could not send.</remarks>
internal static class ReplayedLetters
{
    /// <summary>How many letters one run sends: two seconds a letter at the worst.</summary>
    private const int BatchRowsMax = 5;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(1);

    /// <returns>How many the broker took.</returns>
    internal static async Task<int> SendAsync(
        Database database, CloudEventSender sender, CancellationToken cancellationToken)
    {
        List<DeadLetterRecord> due = await database.WriteAsync(
            t => DeadLetterTable.ClaimAsync(t, RetryDelay, BatchRowsMax, cancellationToken), cancellationToken);
        int sent = 0;
        foreach (DeadLetterRecord letter in due)
        {
            if (!await sender.TrySendAsync(letter.Event, cancellationToken))
                break;
            await database.WriteAsync(
                t => DeadLetterTable.MarkSentAsync(t, letter.Id, cancellationToken), cancellationToken);
            sent++;
        }

        return sent;
    }
}
