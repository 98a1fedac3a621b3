using System.ComponentModel.DataAnnotations;

namespace Souk.Platform.Configuration;

/// <summary>Wants an absolute <c>http</c> or <c>https</c> address, if any; another attribute demands one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AbsoluteUrlAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is null or Uri { IsAbsoluteUri: true, Scheme: "http" or "https" };

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} must be an absolute http or https address.";
}
