using System.Net;
using System.Text.Json;
using Souk.Domain.Failures;

namespace Souk.Platform.Alchemy;

/// <summary>Alchemy will not do this, however often it is asked: a definite no.</summary>
/// <param name="operation">What was asked.</param>
/// <param name="why">Alchemy's status, and its words cut short.</param>
public sealed class NotifyRefusedException(string operation, string why)
    : Exception($"Alchemy refused {operation}: {why}.");

/// <summary>The one place that reads the management interface's statuses and words.</summary>
/// <remarks>
/// Refused: 401 (the team's token is not taken), 403, 404 and any other 4xx. Transient: 408, 429, every 5xx, a lost
/// answer and one that cannot be read; every call may be repeated, so whether a lost one had its effect need not be
/// known. Source: alchemy.com/docs, "Webhooks API endpoints" (read 2026-11), which name 400, 401, 403, 404, 429, 503.
/// </remarks>
internal static class NotifyFailures
{
    private const int WordsLengthMax = 200;

    internal static Exception From(string operation, HttpStatusCode status, byte[] body) => status switch
    {
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
            Unavailable(operation, $"HTTP {(int)status}"),
        HttpStatusCode.Unauthorized =>
            new NotifyRefusedException(operation, "HTTP 401, the team's token is not taken"),
        _ => new NotifyRefusedException(operation, $"HTTP {(int)status}{WordsOf(body)}"),
    };

    internal static FailureException Unavailable(string operation, string why, Exception? inner = null) => new(
        new Failure(FailureCode.UpstreamUnavailable, "The webhooks' provider is unavailable.", $"{operation}: {why}")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        },
        inner);

    private static string WordsOf(byte[] body)
    {
        try
        {
            string? words = JsonSerializer.Deserialize(body, NotifyJson.Default.Problem)?.Words;
            return words is { Length: > 0 } && !words.Any(char.IsControl)
                ? $", {words[..Math.Min(words.Length, WordsLengthMax)]}"
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
