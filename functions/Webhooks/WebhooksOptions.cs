using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Souk.Platform.Configuration;

namespace Souk.Webhooks;

/// <summary>What the operator decides about those who deliver.</summary>
internal sealed class WebhooksOptions : IValidatableObject
{
    /// <summary>The addresses or networks (CIDR) that Alchemy delivers from; empty takes any address.</summary>
    /// <value>
    /// The default is empty: the signature proves who sent it. Alchemy documents 54.236.136.17 and 34.237.24.169 (read
    /// 2025-06). Behind an edge, <c>Host:ClientAddressHeader</c> must name the header with the caller's address.
    /// </value>
    public IList<string> AlchemyAddresses { get; } = [];

    /// <summary>The addresses or networks (CIDR) of each partner, by name; one without an entry may use any.</summary>
    /// <value>The default is empty.</value>
    public IDictionary<string, string[]> PartnerAddresses { get; } =
        new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>How long a body may take to arrive.</summary>
    /// <value>The default is 3 seconds: a provider waits 5 for the whole answer.</value>
    [Duration("00:00:00.1", "00:00:20")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AddressList.TryParse(AlchemyAddresses) is null)
            yield return new ValidationResult("AlchemyAddresses: give IP addresses or networks.");
        foreach ((string partner, string[] addresses) in PartnerAddresses)
        {
            if (!Partner.IsName(partner) || AddressList.TryParse(addresses) is null)
                yield return new ValidationResult($"PartnerAddresses:{partner}: give IP addresses or networks.");
        }
    }
}

/// <summary>Checks <see cref="WebhooksOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class WebhooksOptionsValidator : IValidateOptions<WebhooksOptions>;
