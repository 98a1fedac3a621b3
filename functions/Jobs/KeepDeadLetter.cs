using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary><c>POST /dead-letters</c>: the broker's dead-letter sink; keeps what no consumer could take.</summary>
internal static class KeepDeadLetter
{
    private const string ErrorCodeExtension = "knativeerrorcode";

    private const string AddSql = """
        INSERT INTO dead_letters (source, id, type, subject, data, reason, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        """;

    internal static Task HandleAsync(EventContext context)
    {
        ReceivedEvent dead = context.Event;
        string reason = dead.Extensions.GetValueOrDefault(ErrorCodeExtension, "undelivered");
        return context.Get<Database>().WriteAsync(
            transaction => transaction.ExecuteAsync(
                AddSql,
                [dead.Source, dead.Id, dead.Type, dead.Subject, dead.Data, reason, transaction.Now],
                context.CancellationToken),
            context.CancellationToken);
    }
}
