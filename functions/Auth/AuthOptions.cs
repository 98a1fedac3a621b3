using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Souk.Auth;

/// <summary>What the operator decides about sign-in.</summary>
internal sealed class AuthOptions : IValidatableObject
{
    /// <summary>Firebase ids of the first administrators, who get the roles admin and operator at sign-in.</summary>
    /// <value>The default is nobody. Taking an id off the list takes no role away.</value>
    public IList<string> Administrators { get; } = [];

    /// <summary>How many sign-ins one address may try within a minute; a quarter of it while Redis is down.</summary>
    /// <value>The default is 60: a household or a small office behind one address.</value>
    [Range(4, 100_000)]
    public int SignInsPerAddress { get; set; } = 60;

    /// <summary>How many sign-ins one person may do within a minute; a quarter of it while Redis is down.</summary>
    /// <value>The default is 12.</value>
    [Range(4, 100_000)]
    public int SignInsPerUser { get; set; } = 12;

    /// <summary>How many refreshes one address may try within a minute; a quarter of it while Redis is down.</summary>
    /// <value>The default is 240: each window asks every ten minutes.</value>
    [Range(4, 100_000)]
    public int RefreshesPerAddress { get; set; } = 240;

    /// <summary>How many challenges one person may ask for within a minute; a quarter while Redis is down.</summary>
    /// <value>The default is 20.</value>
    [Range(4, 100_000)]
    public int ChallengesPerUser { get; set; } = 20;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Administrators.Any(uid => uid.Length is 0 or > 128))
            yield return new ValidationResult("Auth:Administrators must be Firebase ids.", [nameof(Administrators)]);
    }
}

/// <summary>Checks <see cref="AuthOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class AuthOptionsValidator : IValidateOptions<AuthOptions>;
