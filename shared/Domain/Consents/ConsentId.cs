using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Domain.Consents;

/// <summary>Names one call that a person was asked to consent to.</summary>
/// <param name="Value">The UUID.</param>
[JsonConverter(typeof(ParsableJsonConverter<ConsentId>))]
public readonly record struct ConsentId(Guid Value) : IParsable<ConsentId>
{
    /// <summary>Reads a UUID of 32 digits in five groups.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static ConsentId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out ConsentId value) ? value : throw new FormatException("The text is not a UUID.");

    /// <summary>Reads what <see cref="Parse"/> reads; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ConsentId result)
    {
        bool isUuid = Guid.TryParseExact(s, "D", out Guid value);
        result = new ConsentId(value);
        return isUuid;
    }

    /// <summary>32 lower-case digits in five groups.</summary>
    public override string ToString() => Value.ToString("D");
}
