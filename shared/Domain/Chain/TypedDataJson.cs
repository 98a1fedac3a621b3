using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Souk.Domain.Chain;

/// <summary>Typed data as JSON, by the types of its schema.</summary>
internal static class TypedDataJson
{
    /// <summary>2^53 - 1: the greatest integer that JavaScript reads from a JSON number unchanged.</summary>
    private const ulong SafeIntegerMax = 9_007_199_254_740_991;

    /// <summary>2^255 and a sign have 78 characters; a longer text is refused before any arithmetic.</summary>
    private const int IntegerTextMax = 78;

    internal static JsonElement Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement member) ? member : throw Bad();

    /// <summary>As each known member is found by name, the count rules out others and doubles.</summary>
    internal static void RequireMembers(JsonElement json, int count)
    {
        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().Count() != count) throw Bad();
    }

    internal static string Text(JsonElement json) =>
        json.ValueKind == JsonValueKind.String ? json.GetString() ?? throw Bad() : throw Bad();

    internal static Dictionary<string, IReadOnlyList<TypedMember>> ReadTypes(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Bad();
        var types = new Dictionary<string, IReadOnlyList<TypedMember>>(StringComparer.Ordinal);
        foreach (JsonProperty type in json.EnumerateObject())
        {
            if (type.Value.ValueKind != JsonValueKind.Array) throw Bad();
            List<TypedMember> members = [];
            foreach (JsonElement member in type.Value.EnumerateArray())
            {
                RequireMembers(member, 2);
                members.Add(new TypedMember(Text(Member(member, "name")), Text(Member(member, "type"))));
            }

            if (!types.TryAdd(type.Name, members)) throw Bad();
        }

        return types;
    }

    internal static AbiValue.Tuple ReadStruct(TypedDataSchema schema, string name, JsonElement json, int depth)
    {
        TypedDataType[] types = schema.MembersOf(name);
        if (depth == 0) throw Bad();
        RequireMembers(json, types.Length);

        var values = new AbiValue[types.Length];
        for (int i = 0; i < types.Length; i++)
            values[i] = Read(schema, types[i], Member(json, schema.Types[name][i].Name), depth - 1);
        return new AbiValue.Tuple(values);
    }

    internal static void WriteTypes(
        Utf8JsonWriter writer, IReadOnlyDictionary<string, IReadOnlyList<TypedMember>> types)
    {
        writer.WriteStartObject();
        foreach ((string name, IReadOnlyList<TypedMember> members) in types)
        {
            writer.WriteStartArray(name);
            foreach (TypedMember member in members)
            {
                writer.WriteStartObject();
                writer.WriteString("name", member.Name);
                writer.WriteString("type", member.Type);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    internal static void WriteStruct(Utf8JsonWriter writer, TypedDataSchema schema, string name, AbiValue value)
    {
        TypedDataType[] types = schema.MembersOf(name);
        writer.WriteStartObject();
        for (int i = 0; i < types.Length; i++)
        {
            string member = schema.Types[name][i].Name;
            writer.WritePropertyName(member);
            AbiValue each = value.AsItems()[i];

            // Wallets compare the domain's chain with their own as a number.
            if (name == TypedData.DomainType && each is AbiValue.Uint { Value: UInt256 id } && id <= SafeIntegerMax)
                writer.WriteNumberValue((ulong)id);
            else
                Write(writer, schema, types[i], each);
        }

        writer.WriteEndObject();
    }

    private static AbiValue Read(TypedDataSchema schema, TypedDataType type, JsonElement json, int depth)
    {
        switch (type)
        {
            case TypedDataType.Struct { Name: string name }:
                return ReadStruct(schema, name, json, depth);
            case TypedDataType.List { Element: TypedDataType element }:
                if (depth == 0 || json.ValueKind != JsonValueKind.Array) throw Bad();
                return new AbiValue.List(
                    [.. json.EnumerateArray().Select(item => Read(schema, element, item, depth - 1))]);
            default:
                return ReadAtom(((TypedDataType.Atom)type).Type, json);
        }
    }

    private static AbiValue ReadAtom(AbiType type, JsonElement json) => type switch
    {
        AbiType.Bool => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : throw Bad(),
        AbiType.Addr => Address.TryParse(Text(json), out Address address) ? address : throw Bad(),
        AbiType.Text => Text(json),
        AbiType.Bytes => Hex.Decode(Text(json)),
        AbiType.FixedBytes => new AbiValue.FixedBytes(Hex.Decode(Text(json))),
        AbiType.Int => new AbiValue.Int(ReadInteger(json)),
        _ => ReadInteger(json) is { Sign: >= 0 } number && number.GetBitLength() <= 256
            ? new AbiValue.Uint(new UInt256(number))
            : throw Bad(),
    };

    private static BigInteger ReadInteger(JsonElement json)
    {
        bool isNumber = json.ValueKind == JsonValueKind.Number;
        string text = isNumber ? json.GetRawText() : Text(json);
        if (!isNumber && text.StartsWith("0x", StringComparison.Ordinal)) return ReadHexadecimal(text);

        bool isNegative = text.StartsWith('-');
        ReadOnlySpan<char> digits = text.AsSpan(isNegative ? 1 : 0);
        if (digits.IsEmpty || digits.Length > IntegerTextMax || digits.ContainsAnyExceptInRange('0', '9')) throw Bad();
        if (digits[0] == '0' && (digits.Length > 1 || isNegative)) throw Bad();

        BigInteger magnitude = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (isNumber && magnitude > SafeIntegerMax) throw Bad();
        return isNegative ? -magnitude : magnitude;
    }

    private static BigInteger ReadHexadecimal(string text)
    {
        if (text.Length is < 3 or > 66) throw Bad();
        byte[] bytes = Hex.Decode(text.Length % 2 == 0 ? text : $"0x0{text[2..]}");
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    private static void Write(Utf8JsonWriter writer, TypedDataSchema schema, TypedDataType type, AbiValue value)
    {
        switch (type, value)
        {
            case (TypedDataType.Struct { Name: string name }, _):
                WriteStruct(writer, schema, name, value);
                break;
            case (TypedDataType.List { Element: TypedDataType element }, _):
                writer.WriteStartArray();
                foreach (AbiValue item in value.AsItems()) Write(writer, schema, element, item);
                writer.WriteEndArray();
                break;
            case (_, AbiValue.Bool { Value: bool truth }):
                writer.WriteBooleanValue(truth);
                break;
            case (_, AbiValue.Addr { Value: Address address }):
                writer.WriteStringValue(address.ToString());
                break;
            case (_, AbiValue.Uint { Value: UInt256 number }):
                writer.WriteStringValue(number.ToString());
                break;
            case (_, AbiValue.Int { Value: BigInteger number }):
                writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case (_, AbiValue.Text { Value: string text }):
                writer.WriteStringValue(text);
                break;
            default:
                writer.WriteStringValue(Hex.Encode(value.AsBytes().Span));
                break;
        }
    }

    private static FormatException Bad() => new("The JSON is no message of its own EIP-712 types.");
}
