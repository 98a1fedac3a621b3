using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Souk.Platform.Firebase;

/// <summary>Which Firebase project signs people in, and where Google's services are.</summary>
public sealed class FirebaseOptions : IValidatableObject
{
    /// <summary>The project's id: the audience of its ID tokens.</summary>
    [Required]
    public string? ProjectId { get; set; }

    /// <summary>The tenant whose users sign in here; null accepts only users outside every tenant.</summary>
    public string? TenantId { get; set; }

    /// <summary>The key set that ID tokens are signed with.</summary>
    /// <value>The default is Google's JWKS of the secure-token service.</value>
    [Required]
    public Uri? KeysUrl { get; set; } = new(
        "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com");

    /// <summary>The Identity Toolkit API.</summary>
    /// <value>The default is Google's.</value>
    [Required]
    public Uri? IdentityUrl { get; set; } = new("https://identitytoolkit.googleapis.com");

    /// <summary>Where a service account's assertion buys an access token; also its audience.</summary>
    /// <value>The default is Google's.</value>
    [Required]
    public Uri? TokenUrl { get; set; } = new("https://oauth2.googleapis.com/token");

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeysUrl is { IsAbsoluteUri: false })
            yield return new ValidationResult("Firebase:KeysUrl must be an absolute URL.", [nameof(KeysUrl)]);

        if (IdentityUrl is { IsAbsoluteUri: false })
            yield return new ValidationResult("Firebase:IdentityUrl must be an absolute URL.", [nameof(IdentityUrl)]);

        if (TokenUrl is { IsAbsoluteUri: false })
            yield return new ValidationResult("Firebase:TokenUrl must be an absolute URL.", [nameof(TokenUrl)]);
    }
}

/// <summary>Checks <see cref="FirebaseOptions"/> without reflection and reports every error at once.</summary>
[OptionsValidator]
public sealed partial class FirebaseOptionsValidator : IValidateOptions<FirebaseOptions>;
