using System.Globalization;
using System.Text;
using Souk.Domain.Events;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary><c>POST /dead-letters</c>: the broker's dead-letter sink; keeps what a consumer could not take.</summary>
/// <remarks>
/// An event that was refused for good is parked until an operator decides; one whose consumer was merely unwell is the
/// relay's, as long as the outbox waits for that consumer. Source: Knative Eventing 1.22, which says the subscriber's
/// address, the last status and, in base64 cut at 1,024 characters, the last answer's body: all three from outside.
/// </remarks>
internal static class KeepDeadLetter
{
    private const string DestinationExtension = "knativeerrordest";
    private const string CodeExtension = "knativeerrorcode";
    private const string DataExtension = "knativeerrordata";
    private const int DetailLengthMax = 1000;
    private const int NameLengthMax = 63;

    internal static Task HandleAsync(EventContext context)
    {
        ReceivedEvent dead = context.Event;
        Death death = DeathOf(dead.Extensions);
        CancellationToken cancellationToken = context.CancellationToken;
        return context.Get<Database>().WriteAsync(
            async transaction =>
            {
                bool isAwaited = !IsRefusal(death) && death.Consumer is { } consumer
                    && Guid.TryParse(dead.Id, out Guid awaited)
                    && await Outbox.IsAwaitedAsync(transaction, awaited, dead.Source, consumer, cancellationToken);
                DeadLetterStatus status = isAwaited ? DeadLetterStatus.Retrying : DeadLetterStatus.Parked;
                await DeadLetterTable.KeepAsync(transaction, dead, death, status, cancellationToken);
                if (Guid.TryParse(dead.Id, out Guid id))
                    await Outbox.CloseAsync(transaction, id, dead.Source, cancellationToken);
            },
            cancellationToken);
    }

    private static Death DeathOf(IReadOnlyDictionary<string, string> extensions) => new(
        ConsumerOf(extensions.GetValueOrDefault(DestinationExtension)),
        int.TryParse(
            extensions.GetValueOrDefault(CodeExtension), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out int status)
            ? status.ToString(CultureInfo.InvariantCulture)
            : "undelivered",
        DetailOf(extensions.GetValueOrDefault(DataExtension)));

    /// <summary>Whether the consumer said that it will never take the event: what the broker does not retry.</summary>
    private static bool IsRefusal(Death death) =>
        int.TryParse(death.Reason, NumberStyles.None, CultureInfo.InvariantCulture, out int status)
        && status is >= 400 and < 500 and not (404 or 408 or 409 or 429);

    /// <summary>A function's name is the first label of its address in the cluster.</summary>
    private static string? ConsumerOf(string? destination)
    {
        if (!Uri.TryCreate(destination, UriKind.Absolute, out Uri? address))
            return null;
        string label = address.Host.Split('.')[0];
        bool isName = label.Length is > 0 and <= NameLengthMax && char.IsAsciiLetterLower(label[0])
            && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        return isName ? label : null;
    }

    /// <summary>The answer's text without control characters; what is no base64 is kept as it came.</summary>
    private static string? DetailOf(string? data)
    {
        if (string.IsNullOrEmpty(data))
            return null;
        byte[] octets = new byte[data.Length];
        string whole = data[..(data.Length / 4 * 4)];
        string text = Convert.TryFromBase64String(whole, octets, out int length)
            ? Encoding.UTF8.GetString(octets, 0, length)
            : data;
        string readable = new([.. text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(DetailLengthMax)]);
        return readable.Length == 0 ? null : readable;
    }
}
