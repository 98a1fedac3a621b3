using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>Which chain: 1 Ethereum, 137 Polygon, 31337 a local node.</summary>
/// <remarks>
/// References: EIP-155; EIP-2294 (the upper bound, which also keeps it inside a signed 64-bit column).
/// Text: decimal digits. JSON: a number, as wallets and vendors write it. The default value, 0, is no chain and
/// comes from no parser.
/// </remarks>
[JsonConverter(typeof(ChainIdJsonConverter))]
public readonly record struct ChainId : ISpanParsable<ChainId>
{
    /// <summary>EIP-2294: floor(2^64 / 2) - 1 - 36.</summary>
    public const ulong MaxValue = (ulong)long.MaxValue - 36;

    /// <summary>Takes a chain's number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is 0 or above <see cref="MaxValue"/>.</exception>
    public ChainId(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxValue);
        Value = value;
    }

    /// <summary>The chain's number, at least 1.</summary>
    public ulong Value { get; }

    /// <summary>Reads decimal digits without sign or leading zeros, at least 1.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static ChainId Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static ChainId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out ChainId value) ? value : throw new FormatException("The text is not a chain id.");

    /// <summary>Reads what <see cref="Parse(string, IFormatProvider?)"/> reads; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out ChainId result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out ChainId)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ChainId result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out ChainId)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out ChainId result)
    {
        result = default;
        if (s.IsEmpty || s[0] == '0') return false;
        if (!ulong.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)) return false;
        if (value is 0 or > MaxValue) return false;
        result = new ChainId(value);
        return true;
    }

    /// <summary>The decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Reads and writes a chain id as a JSON number.</summary>
public sealed class ChainIdJsonConverter : JsonConverter<ChainId>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">The token is no number, or no chain's number.</exception>
    public override ChainId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt64(out ulong value)) throw Bad();
        return value is 0 or > ChainId.MaxValue ? throw Bad() : new ChainId(value);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ChainId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(value.Value);
    }

    /// <inheritdoc/>
    public override ChainId ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ChainId.TryParse(StrictUtf8.ReadString(ref reader), out ChainId value) ? value : throw Bad();

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, ChainId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(value.ToString());
    }

    private static JsonException Bad() => new("The number is not a valid ChainId.");
}
