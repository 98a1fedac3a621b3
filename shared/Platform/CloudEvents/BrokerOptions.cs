using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Souk.Platform.Configuration;
using Souk.Platform.Http;

namespace Souk.Platform.CloudEvents;

/// <summary>Where events are sent.</summary>
public sealed class BrokerOptions
{
    /// <summary>The broker's ingress, as its status says.</summary>
    [Required]
    [AbsoluteUrl]
    public Uri? Url { get; set; }

    /// <summary>2 s an attempt and no retry: what is not delivered now, the relay sends again.</summary>
    internal static OutboundHttpPolicy Policy(Uri url) => new(
        Name: "the event broker",
        BaseUrl: url,
        AttemptTimeout: TimeSpan.FromSeconds(2),
        TotalTimeout: TimeSpan.FromSeconds(2),
        RetriesMax: 0,
        RetryDelay: TimeSpan.Zero,
        ResponseBytesMax: 64 * 1024);
}

/// <summary>Checks <see cref="BrokerOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class BrokerOptionsValidator : IValidateOptions<BrokerOptions>;
