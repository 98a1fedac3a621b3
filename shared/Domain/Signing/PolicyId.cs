using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Domain.Signing;

/// <summary>Names one policy, whatever its kind, through all its versions; a rule's is its name too.</summary>
/// <param name="Value">The UUID.</param>
[JsonConverter(typeof(ParsableJsonConverter<PolicyId>))]
public readonly record struct PolicyId(Guid Value) : IParsable<PolicyId>
{
    /// <summary>Reads a UUID of 32 digits in five groups.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static PolicyId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out PolicyId value) ? value : throw new FormatException("The text is not a UUID.");

    /// <summary>Reads what <see cref="Parse"/> reads; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PolicyId result)
    {
        bool isUuid = Guid.TryParseExact(s, "D", out Guid value);
        result = new PolicyId(value);
        return isUuid;
    }

    /// <summary>32 lower-case digits in five groups.</summary>
    public override string ToString() => Value.ToString("D");
}
