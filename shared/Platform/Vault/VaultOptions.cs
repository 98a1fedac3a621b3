using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Souk.Platform.Vault;

/// <summary>How a function proves to Vault who it is.</summary>
public enum VaultLoginMethod
{
    /// <summary>By the pod's projected service-account token.</summary>
    Kubernetes,

    /// <summary>By a role id and a secret id from a file; for machines outside the cluster.</summary>
    AppRole,

    /// <summary>By a token given in the settings; for a person at their own machine.</summary>
    Token,
}

/// <summary>Where Vault is and how to log in: paths and roles; the one secret is <see cref="Token"/>.</summary>
/// <remarks>A class, not a record: it must not print its members.</remarks>
public sealed class VaultOptions : IValidatableObject
{
    /// <summary>Vault's address, without the <c>/v1</c> prefix.</summary>
    [Required]
    public Uri? Address { get; set; }

    /// <summary>The login method.</summary>
    /// <value>The default is Kubernetes.</value>
    public VaultLoginMethod LoginMethod { get; set; } = VaultLoginMethod.Kubernetes;

    /// <summary>The login's path below <c>/v1</c>; null for the method's own default mount.</summary>
    /// <value>The default is <c>auth/kubernetes/login</c> or <c>auth/approle/login</c>.</value>
    public string? LoginPath { get; set; }

    /// <summary>The Kubernetes login's role.</summary>
    /// <value>The default is the function's name, set by the registration.</value>
    public string? Role { get; set; }

    /// <summary>The service-account token's file; read anew at each login, for the kubelet rotates it.</summary>
    /// <value>The default is the projected volume that every Souk pod mounts.</value>
    [Required]
    public string TokenPath { get; set; } = "/var/run/secrets/vault/token";

    /// <summary>The AppRole login's role id.</summary>
    public string? RoleId { get; set; }

    /// <summary>The file that holds the AppRole secret id; read anew at each login.</summary>
    public string? SecretIdPath { get; set; }

    /// <summary>The token of the Token method; its shape means nothing, for OpenBao's differs from Vault's.</summary>
    public string? Token { get; set; }

    /// <summary>The namespace sent with each call; null sends none.</summary>
    public string? Namespace { get; set; }

    /// <summary>Where the KV version 2 engine is mounted.</summary>
    /// <value>The default is <c>secret</c>.</value>
    [Required]
    public string KvMount { get; set; } = "secret";

    /// <summary>Where the transit engine is mounted.</summary>
    /// <value>The default is <c>transit</c>.</value>
    [Required]
    public string TransitMount { get; set; } = "transit";

    /// <summary>Where the database engine is mounted.</summary>
    /// <value>The default is <c>database</c>.</value>
    [Required]
    public string DatabaseMount { get; set; } = "database";

    /// <summary>How long a KV secret or a set of public keys is used; the engine itself gives no lease.</summary>
    /// <value>The default is 5 minutes: how long a rotated vendor key needs its predecessor; 1 s to 1 day.</value>
    public TimeSpan KvLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address is { IsAbsoluteUri: false })
            yield return new ValidationResult("Vault:Address must be an absolute URL.", [nameof(Address)]);

        if (LoginMethod == VaultLoginMethod.Kubernetes && string.IsNullOrWhiteSpace(Role))
            yield return new ValidationResult("Vault:Role is needed by the kubernetes login.", [nameof(Role)]);

        if (LoginMethod == VaultLoginMethod.AppRole && string.IsNullOrWhiteSpace(RoleId))
            yield return new ValidationResult("Vault:RoleId is needed by the approle login.", [nameof(RoleId)]);

        if (LoginMethod == VaultLoginMethod.AppRole && string.IsNullOrWhiteSpace(SecretIdPath))
            yield return new ValidationResult("Vault:SecretIdPath is needed by approle.", [nameof(SecretIdPath)]);

        if (LoginMethod == VaultLoginMethod.Token && string.IsNullOrWhiteSpace(Token))
            yield return new ValidationResult("Vault:Token is needed by the token login.", [nameof(Token)]);

        if (KvLifetime < TimeSpan.FromSeconds(1) || KvLifetime > TimeSpan.FromDays(1))
            yield return new ValidationResult("Vault:KvLifetime must be 1 s to 1 day.", [nameof(KvLifetime)]);
    }
}

/// <summary>Checks <see cref="VaultOptions"/> without reflection and reports every error at once.</summary>
[OptionsValidator]
public sealed partial class VaultOptionsValidator : IValidateOptions<VaultOptions>;
