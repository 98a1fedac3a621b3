using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Souk.Signing;

/// <summary>What the operator decides about changes of policies.</summary>
internal sealed class PolicyOptions : IValidatableObject
{
    private static readonly TimeSpan DelayMax = TimeSpan.FromDays(30);

    /// <summary>How long after its approval a change that allows more comes in force: time to notice, and withdraw.
    /// </summary>
    /// <value>The default is 10 minutes.</value>
    public TimeSpan WideningDelay { get; set; } = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (WideningDelay < TimeSpan.Zero || WideningDelay > DelayMax)
        {
            yield return new ValidationResult(
                "Policy:WideningDelay must be 0 to 30 days.", [nameof(WideningDelay)]);
        }
    }
}

/// <summary>Checks <see cref="PolicyOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class PolicyOptionsValidator : IValidateOptions<PolicyOptions>;
