using System.Net;
using Souk.Domain.Failures;

namespace Souk.Platform.MetaKeep;

/// <summary>MetaKeep will not do this, however often it is asked: a definite no.</summary>
/// <param name="status">The vendor's status, such as <c>INVALID_REQUEST</c>.</param>
public sealed class MetaKeepRefusedException(string status) : Exception($"MetaKeep refused: {status}.")
{
    /// <summary>The vendor's status, such as <c>INVALID_REQUEST</c>.</summary>
    public string Status { get; } = status;
}

/// <summary>The one place that reads MetaKeep's statuses.</summary>
/// <remarks>
/// Refused: 400 and any other 4xx about the request itself. Credential: 401 and 403 are about our key, not about
/// what was asked, so the work waits for an operator and is not lost. Transient: the rest, a lost answer included,
/// because a signature that is never broadcast moves nothing. Source: MetaKeep "API error status" (read 2026-11);
/// 429 is not documented there and is assumed for exceeding 100 requests a second.
/// </remarks>
internal static class MetaKeepFailures
{
    private const int StatusLengthMax = 64;

    internal static Exception From(HttpStatusCode code, string? status)
    {
        string shown = status is { Length: > 0 and <= StatusLengthMax } ? status : $"HTTP {(int)code}";
        return code switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new FailureException(new Failure(
                FailureCode.SignerUnavailable,
                "The signer is not available.",
                $"MetaKeep turned our key away: {shown}.")),
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => Unavailable(shown),
            >= HttpStatusCode.InternalServerError => Unavailable(shown),
            // A 200 that is not a success, such as a wallet that wants its user's consent, is a no as well.
            _ => new MetaKeepRefusedException(shown),
        };
    }

    internal static FailureException Unavailable(string why, Exception? inner = null) => new(
        new Failure(FailureCode.UpstreamUnavailable, "The signing provider is unavailable.", $"MetaKeep: {why}.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        },
        inner);

    internal static FailureException NoCredential(string why) =>
        new(new Failure(FailureCode.SignerUnavailable, "The signer is not available.", why));

    /// <summary>The signature is not the wallet's over what was asked: an answer that must never be used.</summary>
    internal static FailureException WrongSignature() => new(new Failure(
        FailureCode.SignerUnavailable,
        "The signer is not available.",
        "MetaKeep answered a signature that is not the wallet's over what was asked."));
}
