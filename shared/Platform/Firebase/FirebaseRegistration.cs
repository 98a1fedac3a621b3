using Souk.Platform.Http;

namespace Souk.Platform.Firebase;

/// <summary>Makes the verifier and the client; nothing is dialled until one is used.</summary>
public static class FirebaseRegistration
{
    /// <summary>The name of the service account's JSON in the function's Vault secret.</summary>
    public const string ServiceAccountSecret = "firebase_service_account";

    /// <summary>A verifier with Souk's time-outs: 2 s an attempt, 6 s in all; answers to 256 KiB.</summary>
    public static FirebaseTokenVerifier CreateVerifier(
        FirebaseOptions options, TimeProvider clock, FirebaseKeyCache? cache)
    {
        ArgumentNullException.ThrowIfNull(options);
        OutboundHttp http = new(PolicyOf("firebase-keys", options.KeysUrl), clock);
        return new FirebaseTokenVerifier(options, http, clock, cache);
    }

    /// <summary>A client with Souk's time-outs: 2 s an attempt, 6 s in all; answers to 256 KiB.</summary>
    public static FirebaseClient CreateClient(
        FirebaseOptions options, Func<CancellationToken, Task<string>> readServiceAccount, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        OutboundHttp http = new(PolicyOf("firebase", options.IdentityUrl), clock);
        return new FirebaseClient(options, http, readServiceAccount, clock);
    }

    /// <summary>How Google is called.</summary>
    /// <remarks>A person waits for the sign-in: three attempts within 6 s, then they may try again.</remarks>
    internal static OutboundHttpPolicy PolicyOf(string name, Uri? baseUrl) => new(
        Name: name,
        BaseUrl: baseUrl ?? throw new ArgumentException("A Firebase URL is not set.", nameof(baseUrl)),
        AttemptTimeout: TimeSpan.FromSeconds(2),
        TotalTimeout: TimeSpan.FromSeconds(6),
        RetriesMax: 2,
        RetryDelay: TimeSpan.FromMilliseconds(100),
        ResponseBytesMax: 256 * 1024)
    {
        IsTransient = FirebaseFailures.IsTransient,
    };
}
