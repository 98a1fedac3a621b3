using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Viem;

/// <summary>Makes values of every kind from one seed; edges come often.</summary>
internal sealed class Cases(int seed)
{
    private static readonly string[] Texts = ["", "souk", "سوق", "🏺 \"quoted\" \\ </b>", "line\nfeed\u0001"];
    private readonly Random _random = new(seed);

    internal int Below(int bound) => _random.Next(bound);

    internal byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    internal byte[] SomeBytes() => Bytes(Below(4) == 0 ? Below(300) : Below(34));

    internal Bytes32 Word() => new(Bytes(32));

    internal Address Address() => Below(8) == 0 ? default : new Address(Bytes(20));

    internal PrivateKey Key(out string hex)
    {
        Bytes32 word = Word();
        hex = word.ToString();
        return new PrivateKey(word.ToArray());
    }

    internal UInt256 Number(int bits) => Below(4) switch
    {
        0 => UInt256.Zero,
        1 => new UInt256((BigInteger.One << bits) - 1),
        2 => new UInt256(new BigInteger(Bytes(32), isUnsigned: true) >> (256 - bits)),
        _ => new UInt256(new BigInteger(Bytes(32), isUnsigned: true) >> (256 - 1 - Below(bits))),
    };

    internal string Text() => Below(3) == 0 ? new string('x', Below(100)) : Texts[Below(Texts.Length)];

    internal AbiType Type(int depth) => Below(depth == 0 ? 7 : 10) switch
    {
        0 => new AbiType.Uint(8 * (1 + Below(32))),
        1 => new AbiType.Int(8 * (1 + Below(32))),
        2 => new AbiType.Addr(),
        3 => new AbiType.Bool(),
        4 => new AbiType.FixedBytes(1 + Below(32)),
        5 => new AbiType.Bytes(),
        6 => new AbiType.Text(),
        7 => new AbiType.Array(Type(depth - 1)),
        8 => new AbiType.FixedArray(Type(depth - 1), 1 + Below(3)),
        _ => new AbiType.Tuple(Types(depth - 1, 1 + Below(4))),
    };

    internal AbiType[] Types(int depth, int count) => [.. Enumerable.Range(0, count).Select(_ => Type(depth))];

    internal AbiValue Value(AbiType type) => type switch
    {
        AbiType.Uint { Bits: int bits } => Number(bits),
        AbiType.Int { Bits: int bits } => new AbiValue.Int(
            Below(2) == 0
                ? Number(bits - 1).ToBigInteger()
                : -Number(bits - 1).ToBigInteger() - 1),
        AbiType.Addr => Address(),
        AbiType.Bool => Below(2) == 0,
        AbiType.FixedBytes { Length: int length } => new AbiValue.FixedBytes(Bytes(length)),
        AbiType.Bytes => SomeBytes(),
        AbiType.Text => Text(),
        AbiType.Array { Element: AbiType element } => new AbiValue.List(Values(element, Below(4))),
        AbiType.FixedArray { Element: AbiType element, Count: int count } =>
            new AbiValue.List(Values(element, count)),
        AbiType.Tuple { Components: IReadOnlyList<AbiType> components } =>
            new AbiValue.Tuple([.. components.Select(Value)]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A message of random structs: each refers only to those before it.</summary>
    internal TypedData TypedData()
    {
        var types = new Dictionary<string, IReadOnlyList<TypedMember>>(StringComparer.Ordinal);
        var shapes = new Dictionary<string, AbiType[]>(StringComparer.Ordinal);
        int count = 1 + Below(4);
        string name = "";
        for (int i = 0; i < count; i++)
        {
            name = $"{(char)('Z' - Below(20))}Struct{i}";
            List<TypedMember> members = [];
            List<AbiType> shape = [];
            for (int member = 0; member <= Below(5); member++)
            {
                (string text, AbiType type) = Member(shapes);
                members.Add(new TypedMember($"member{member}", text));
                shape.Add(type);
            }

            types[name] = members;
            shapes[name] = [.. shape];
        }

        var domain = new Eip712Domain(Text(), "1", new ChainId(1 + (ulong)Below(100_000)), Address());
        var message = (AbiValue.Tuple)Value(new AbiType.Tuple(shapes[name]));
        return Souk.Domain.Chain.TypedData.Create(domain, types, name, message);
    }

    internal static JsonObject Parameter(AbiType type)
    {
        string suffix = "";
        while (type is AbiType.Array or AbiType.FixedArray)
        {
            (string own, type) = type is AbiType.FixedArray { Count: int count, Element: AbiType element }
                ? ($"[{count}]", element)
                : ("[]", ((AbiType.Array)type).Element);
            suffix = $"{own}{suffix}";
        }

        if (type is not AbiType.Tuple tuple) return new JsonObject { ["type"] = $"{type}{suffix}" };
        return new JsonObject { ["type"] = $"tuple{suffix}", ["components"] = Parameters(tuple.Components) };
    }

    internal static JsonArray Parameters(IEnumerable<AbiType> types) => new([.. types.Select(Parameter)]);

    internal static JsonArray Json(IEnumerable<AbiValue> values) => new([.. values.Select(Json)]);

    private static JsonNode Json(AbiValue value) => value switch
    {
        AbiValue.Uint { Value: UInt256 number } => number.ToString(),
        AbiValue.Int { Value: BigInteger number } => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        AbiValue.Addr { Value: Address address } => address.ToString(),
        AbiValue.Bool { Value: bool truth } => truth,
        AbiValue.Text { Value: string text } => text,
        AbiValue.List or AbiValue.Tuple => Json(value.AsItems()),
        _ => Hex.Encode(value.AsBytes().Span),
    };

    private AbiValue[] Values(AbiType element, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Value(element))];

    private (string Text, AbiType Type) Member(Dictionary<string, AbiType[]> shapes)
    {
        bool isStruct = shapes.Count > 0 && Below(2) == 0;
        string name = isStruct ? shapes.Keys.ElementAt(Below(shapes.Count)) : "";
        AbiType type = isStruct ? new AbiType.Tuple(shapes[name]) : Type(0);
        var text = new StringBuilder(isStruct ? name : type.ToString());
        for (int level = Below(6); level > 3; level--)
        {
            int count = Below(3);
            text.Append(count == 0 ? "[]" : $"[{count}]");
            type = count == 0 ? new AbiType.Array(type) : new AbiType.FixedArray(type, count);
        }

        return (text.ToString(), type);
    }
}
