using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Souk.Platform.Configuration;

/// <summary>Bounds a <see cref="TimeSpan"/> option, both ends included.</summary>
/// <remarks>The framework's range attribute reads its bounds by reflection, which does not survive trimming.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute(string minimum, string maximum) : ValidationAttribute
{
    /// <summary>The least value, as <c>hh:mm:ss</c>.</summary>
    public string Minimum { get; } = minimum;

    /// <summary>The greatest value, as <c>hh:mm:ss</c>.</summary>
    public string Maximum { get; } = maximum;

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is TimeSpan duration
        && duration >= TimeSpan.Parse(Minimum, CultureInfo.InvariantCulture)
        && duration <= TimeSpan.Parse(Maximum, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} must lie between {Minimum} and {Maximum}.";
}
