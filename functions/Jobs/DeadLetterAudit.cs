using System.Text.Json;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>What operators decide about dead letters, as the audit log says it.</summary>
internal static class DeadLetterAudit
{
    internal static Task AppendAsync(
        Transaction transaction,
        Caller caller,
        string action,
        DeadLetterRecord letter,
        CancellationToken cancellationToken)
    {
        AuditDetail detail = new(letter.Event.Source, letter.Event.Id, letter.Death.Consumer, letter.Decision);
        return Audit.AppendAsync(
            transaction,
            caller.UserId,
            action,
            $"dead_letter/{letter.Id}",
            JsonSerializer.Serialize(detail, JobsJson.Default.AuditDetail),
            cancellationToken);
    }
}
