using System.Net;
using Souk.Domain.Failures;

namespace Souk.Platform.Vault;

/// <summary>What Vault's statuses mean: the one place that reads them.</summary>
/// <remarks>
/// Refused: 400, 401, 403, 404, 405 and whatever else is not listed. Transient: 412 (eventual consistency), 429
/// (quota), 472 and 473 (a replica that cannot serve it), 500, 502, 503 (sealed or in maintenance). No call that the
/// client makes has an effect which a repeat would double, so a lost answer is transient too. Source: Vault API
/// documentation, "HTTP status codes". Vault's error texts are never read, for some quote the request.
/// </remarks>
internal static class VaultFailures
{
    /// <summary>How long a caller is asked to wait out a transient fault.</summary>
    private static readonly TimeSpan TransientPause = TimeSpan.FromSeconds(2);

    internal static bool IsTransient(HttpStatusCode status) =>
        (int)status is 412 or 429 or 472 or 473 or 500 or 502 or 503;

    internal static bool IsTokenRefusal(HttpStatusCode status) => status == HttpStatusCode.Forbidden;

    internal static FailureException Of(HttpStatusCode status, string path) => new(
        new Failure(
            FailureCode.UpstreamUnavailable,
            "A secret could not be read.",
            $"Vault answered {(int)status} to {path}.")
        {
            RetryAfter = IsTransient(status) ? TransientPause : null,
        });

    internal static FailureException Lost(string path, Exception inner) => new(
        new Failure(FailureCode.UpstreamUnavailable, "A secret could not be read.", $"Vault did not answer {path}.")
        {
            RetryAfter = TransientPause,
        },
        inner);

    internal static FailureException Unreadable(string path) => new(
        new Failure(
            FailureCode.UpstreamUnavailable,
            "A secret could not be read.",
            $"Vault's answer to {path} lacks what it must hold."));

    internal static FailureException Missing(string path, string name) => new(
        new Failure(
            FailureCode.UpstreamUnavailable,
            "A secret could not be read.",
            $"The Vault secret {path} holds no {name}."));

    internal static FailureException NoCredential(string file, Exception inner) => new(
        new Failure(
            FailureCode.UpstreamUnavailable,
            "A secret could not be read.",
            $"The Vault login credential {file} could not be read."),
        inner);
}
