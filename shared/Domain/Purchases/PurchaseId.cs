using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Domain.Purchases;

/// <summary>Names one purchase: one buyer's hold and what became of it.</summary>
/// <param name="Value">The UUID.</param>
[JsonConverter(typeof(ParsableJsonConverter<PurchaseId>))]
public readonly record struct PurchaseId(Guid Value) : IParsable<PurchaseId>
{
    /// <summary>Reads a UUID of 32 digits in five groups.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static PurchaseId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out PurchaseId value) ? value : throw new FormatException("The text is not a UUID.");

    /// <summary>Reads what <see cref="Parse"/> reads; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PurchaseId result)
    {
        bool isUuid = Guid.TryParseExact(s, "D", out Guid value);
        result = new PurchaseId(value);
        return isUuid;
    }

    /// <summary>32 lower-case digits in five groups.</summary>
    public override string ToString() => Value.ToString("D");
}
