using System.Xml;

namespace Souk.Local.Broker;

/// <summary>A DeliverySpec with its durations read.</summary>
/// <param name="RetriesMax">Attempts after the first.</param>
/// <param name="Delay">The first wait between attempts.</param>
/// <param name="IsExponential">Whether the wait doubles with each attempt; else it grows by itself.</param>
/// <param name="Timeout">How long one attempt may take.</param>
internal sealed record DeliveryPolicy(int RetriesMax, TimeSpan Delay, bool IsExponential, TimeSpan Timeout)
{
    /// <summary>Reads the cluster's specification.</summary>
    public static DeliveryPolicy From(DeliverySpec spec) => new(
        spec.Retry,
        XmlConvert.ToTimeSpan(spec.BackoffDelay),
        spec.BackoffPolicy == "exponential",
        XmlConvert.ToTimeSpan(spec.Timeout));

    /// <summary>How long to wait after the attempt of this number, counted from 0.</summary>
    public TimeSpan WaitAfter(int attempt) => IsExponential ? Delay * Math.Pow(2, attempt) : Delay * (attempt + 1);

    /// <summary>Whether Knative tries again after this status (pkg/kncloudevents/retries.go, read 2026-06).</summary>
    public static bool IsRetried(int status) => status is 404 or 408 or 409 or 429 or >= 500;
}
