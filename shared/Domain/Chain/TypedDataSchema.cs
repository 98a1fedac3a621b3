using System.Buffers;
using System.Globalization;
using System.Text;

namespace Souk.Domain.Chain;

/// <summary>What a member of a struct is made of.</summary>
internal abstract record TypedDataType
{
    private TypedDataType()
    {
    }

    /// <summary>An elementary type.</summary>
    internal sealed record Atom(AbiType Type) : TypedDataType;

    /// <summary>Another struct, by its name.</summary>
    internal sealed record Struct(string Name) : TypedDataType;

    /// <summary>An array, of fixed length where there is a count.</summary>
    internal sealed record List(TypedDataType Element, int? Count) : TypedDataType;
}

/// <summary>The struct types of one message, resolved, and the hashing that they decide.</summary>
/// <remarks>
/// Source: EIP-712, "Definition of encodeType", "encodeData" and "domainSeparator".
/// Bounds: 64 struct types, 64 members each, 8 levels of array in one member's type.
/// </remarks>
internal sealed class TypedDataSchema
{
    private const int TypesMax = 64;
    private const int MembersMax = 64;
    private const int ArrayLevelsMax = 8;

    private static readonly SearchValues<char> IdentifierCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");

    /// <summary>The standard's domain members in its order; a domain declares some of them.</summary>
    private static readonly TypedMember[] DomainMembers =
    [
        new("name", "string"),
        new("version", "string"),
        new("chainId", "uint256"),
        new("verifyingContract", "address"),
        new("salt", "bytes32"),
    ];

    private readonly Dictionary<string, TypedDataType[]> _resolved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Bytes32> _typeHashes = new(StringComparer.Ordinal);

    internal TypedDataSchema(IReadOnlyDictionary<string, IReadOnlyList<TypedMember>> types)
    {
        if (types.Count > TypesMax) throw Bad();
        Types = types;
        foreach ((string name, IReadOnlyList<TypedMember> members) in types)
        {
            if (!IsIdentifier(name) || TryElementary(name) is not null || members.Count > MembersMax) throw Bad();
            if (members.Any(static it => !IsIdentifier(it.Name))) throw Bad();
            if (members.DistinctBy(static it => it.Name).Count() != members.Count) throw Bad();
            _resolved[name] = [.. members.Select(it => Resolve(it.Type))];
        }

        if (!types.TryGetValue(TypedData.DomainType, out IReadOnlyList<TypedMember>? domain)) throw Bad();
        if (domain.Count == 0 || !domain.SequenceEqual(DomainMembers.Where(domain.Contains))) throw Bad();
    }

    internal IReadOnlyDictionary<string, IReadOnlyList<TypedMember>> Types { get; }

    internal TypedDataType[] MembersOf(string name) =>
        _resolved.TryGetValue(name, out TypedDataType[]? members) ? members : throw Bad();

    /// <summary><c>hashStruct</c>: Keccak-256 of the type's hash and the members' words.</summary>
    internal Bytes32 HashStruct(string name, AbiValue value, int depth)
    {
        TypedDataType[] types = MembersOf(name);
        if (depth == 0 || value is not AbiValue.Tuple { Items: IReadOnlyList<AbiValue> values }) throw Bad();
        if (values.Count != types.Length) throw Bad();

        Keccak256Digest digest = Keccak256.Start();
        digest.Append(TypeHash(name));
        for (int i = 0; i < types.Length; i++) digest.Append(EncodeMember(types[i], values[i], depth - 1));
        return digest.Finish();
    }

    private Bytes32 EncodeMember(TypedDataType type, AbiValue value, int depth)
    {
        switch (type, value)
        {
            case (TypedDataType.Atom { Type: AbiType.Bytes }, AbiValue.Bytes { Value: ReadOnlyMemory<byte> bytes }):
                return Keccak256.Hash(bytes.Span);
            case (TypedDataType.Atom { Type: AbiType.Text }, AbiValue.Text { Value: string text }):
                return HashText(text);
            case (TypedDataType.Atom { Type: AbiType atom }, _):
                Span<byte> word = stackalloc byte[AbiType.WordSize];
                AbiWord.Write(atom, value, word);
                return new Bytes32(word);
            case (TypedDataType.Struct { Name: string name }, _):
                return HashStruct(name, value, depth);
            case (TypedDataType.List list, AbiValue.List { Items: IReadOnlyList<AbiValue> items }):
                if (depth == 0 || (list.Count is int count && count != items.Count)) throw Bad();
                Keccak256Digest digest = Keccak256.Start();
                foreach (AbiValue item in items) digest.Append(EncodeMember(list.Element, item, depth - 1));
                return digest.Finish();
            default:
                throw AbiWord.Misfit();
        }
    }

    internal Bytes32 TypeHash(string name)
    {
        if (_typeHashes.TryGetValue(name, out Bytes32 known)) return known;
        Bytes32 hash = Keccak256.HashText(EncodeType(name));
        _typeHashes[name] = hash;
        return hash;
    }

    /// <summary><c>encodeType</c>: the struct itself, then those it refers to, sorted by name.</summary>
    private string EncodeType(string name)
    {
        var referred = new SortedSet<string>(StringComparer.Ordinal);
        Collect(name, referred);
        referred.Remove(name);

        var text = new StringBuilder();
        foreach (string each in referred.Prepend(name))
        {
            text.Append(each).Append('(');
            text.AppendJoin(',', Types[each].Select(static it => $"{it.Type} {it.Name}")).Append(')');
        }

        return text.ToString();
    }

    private void Collect(string name, SortedSet<string> referred)
    {
        // At most one visit a type, and there are few: the recursion ends however types refer to each other.
        if (!referred.Add(name)) return;
        foreach (TypedDataType type in MembersOf(name))
        {
            TypedDataType element = type;
            while (element is TypedDataType.List list) element = list.Element;
            if (element is TypedDataType.Struct inner) Collect(inner.Name, referred);
        }
    }

    private TypedDataType Resolve(string text)
    {
        int bracket = text.IndexOf('[', StringComparison.Ordinal);
        string name = bracket < 0 ? text : text[..bracket];
        TypedDataType type = TryElementary(name) is AbiType atom
            ? new TypedDataType.Atom(atom)
            : new TypedDataType.Struct(Types.ContainsKey(name) ? name : throw Bad());

        ReadOnlySpan<char> rest = text.AsSpan(name.Length);
        for (int level = 0; !rest.IsEmpty; level++)
        {
            int end = rest.IndexOf(']');
            if (rest[0] != '[' || end < 0 || level == ArrayLevelsMax) throw Bad();
            type = new TypedDataType.List(type, end == 1 ? null : Number(rest[1..end]));
            rest = rest[(end + 1)..];
        }

        return type;
    }

    private static Bytes32 HashText(string text)
    {
        try
        {
            return Keccak256.HashText(text);
        }
        catch (ArgumentException)
        {
            throw AbiWord.Misfit();
        }
    }

    /// <summary>Null for a name that is left to structs; a name like <c>uint</c> or <c>uint7</c> is nobody's.</summary>
    private static AbiType? TryElementary(string name)
    {
        string kind = name.TrimEnd("0123456789".ToCharArray());
        return kind is "uint" or "int" or "bytes" || name is "address" or "bool" or "string"
            ? AbiType.Parse(name)
            : null;
    }

    private static bool IsIdentifier(string name) =>
        name.Length is >= 1 and <= 64 && !char.IsAsciiDigit(name[0])
        && !name.AsSpan().ContainsAnyExcept(IdentifierCharacters);

    private static int Number(ReadOnlySpan<char> digits) =>
        digits[0] != '0' && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Bad();

    private static FormatException Bad() => new("The typed data does not follow EIP-712.");
}
