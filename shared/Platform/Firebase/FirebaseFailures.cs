using System.Net;
using Souk.Domain.Failures;

namespace Souk.Platform.Firebase;

/// <summary>What Firebase's answers mean, and how its tokens are refused: the one place that says it.</summary>
/// <remarks>
/// Transient: 408, 429 and every 5xx, and a lost answer, for no call that Souk makes has an effect. Every other status
/// but 200 is refused: our credential or our project is wrong, which a retry does not mend. Neither a vendor's text nor
/// any part of a token is ever repeated.
/// </remarks>
internal static class FirebaseFailures
{
    private const string NotAvailable = "Sign-in could not be checked.";

    private static readonly TimeSpan TransientPause = TimeSpan.FromSeconds(2);

    internal static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    internal static bool IsBearerRefusal(HttpStatusCode status) => status == HttpStatusCode.Unauthorized;

    internal static FailureException Of(HttpStatusCode status, string call) => new(
        new Failure(FailureCode.UpstreamUnavailable, NotAvailable, $"Firebase answered {(int)status} to {call}.")
        {
            RetryAfter = IsTransient(status) ? TransientPause : null,
        });

    internal static FailureException Lost(string call, Exception inner) => new(
        new Failure(FailureCode.UpstreamUnavailable, NotAvailable, $"Firebase did not answer {call}.")
        {
            RetryAfter = TransientPause,
        },
        inner);

    internal static FailureException Unreadable(string call) => new(
        new Failure(
            FailureCode.UpstreamUnavailable, NotAvailable, $"Firebase's answer to {call} lacks what it must hold."));

    internal static FailureException NoServiceAccount() => new(
        new Failure(FailureCode.UpstreamUnavailable, NotAvailable, "The Firebase service account is not readable."));

    /// <summary>A refusal whose reason only the log reads: a forger learns nothing from it.</summary>
    internal static FailureException Refused(string reason) => new(
        new Failure(FailureCode.SignInRefused, "The sign-in token is not valid.", $"ID token refused: {reason}."));

    internal static FailureException Expired() => new(
        new Failure(FailureCode.SignInRefused, "The sign-in token has expired.", "ID token refused: expired."));

    internal static FailureException Revoked(string reason) => new(
        new Failure(FailureCode.SessionRevoked, "This sign-in is no longer valid.", $"Firebase account {reason}."));
}
