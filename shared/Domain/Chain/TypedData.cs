using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Souk.Domain.Chain;

/// <summary>A member of an EIP-712 struct.</summary>
/// <param name="Name">Its name, part of the hash.</param>
/// <param name="Type">Its type as written: <c>uint256</c>, <c>Person</c>, <c>Person[]</c>, <c>bytes32[2]</c>.</param>
public sealed record TypedMember(string Name, string Type);

/// <summary>Any EIP-712 message with its types and domain: the argument of <c>eth_signTypedData_v4</c>.</summary>
/// <remarks>
/// References: EIP-712; the JSON schema in its section "Specification of the eth_signTypedData JSON RPC".
/// An instance is valid: every type is known, every value fits, so it has a digest. Values are ABI values, a
/// struct being a tuple in the order of its type. JSON is read strictly: no member is missing, unknown or double.
/// Numbers are read as decimal or hex texts, or as JSON numbers up to 2^53 - 1, beyond which wallets differ.
/// Bounds: see <see cref="TypedDataSchema"/>; values nest <see cref="DepthMax"/> deep at most.
/// </remarks>
public sealed class TypedData
{
    /// <summary>How deep structs and arrays of a message may nest.</summary>
    public const int DepthMax = 32;

    /// <summary>The name of the domain's own struct type.</summary>
    public const string DomainType = "EIP712Domain";

    private readonly TypedDataSchema _schema;

    /// <summary>Checks and takes a message.</summary>
    /// <param name="types">All struct types, <c>EIP712Domain</c> among them.</param>
    /// <param name="primaryType">The struct type of the message.</param>
    /// <param name="domain">The values of the members that <c>EIP712Domain</c> declares.</param>
    /// <param name="message">The values of the primary type's members.</param>
    /// <exception cref="FormatException">A type is unknown or malformed, or a value does not fit its type.</exception>
    public TypedData(
        IReadOnlyDictionary<string, IReadOnlyList<TypedMember>> types,
        string primaryType,
        AbiValue.Tuple domain,
        AbiValue.Tuple message)
        : this(new TypedDataSchema(types), primaryType, domain, message)
    {
    }

    private TypedData(TypedDataSchema schema, string primaryType, AbiValue.Tuple domain, AbiValue.Tuple message)
    {
        if (primaryType == DomainType) throw new FormatException("A domain alone is no message.");
        _schema = schema;
        PrimaryType = primaryType;
        Domain = domain;
        Message = message;
        DomainSeparator = schema.HashStruct(DomainType, domain, DepthMax);
        StructHash = schema.HashStruct(primaryType, message, DepthMax);
    }

    /// <summary>All struct types with their members in order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<TypedMember>> Types => _schema.Types;

    /// <summary>The struct type of the message.</summary>
    public string PrimaryType { get; }

    /// <summary>The domain's values in the order of <c>EIP712Domain</c>.</summary>
    public AbiValue.Tuple Domain { get; }

    /// <summary>The message's values in the order of the primary type.</summary>
    public AbiValue.Tuple Message { get; }

    /// <summary>
    /// Keccak-256 of the primary type and all it refers to, names included: what tells two types of one name apart.
    /// </summary>
    public Bytes32 TypeHash => _schema.TypeHash(PrimaryType);

    /// <summary>The struct hash of the domain.</summary>
    public Bytes32 DomainSeparator { get; }

    /// <summary>The struct hash of the message.</summary>
    public Bytes32 StructHash { get; }

    /// <summary>A message in the usual domain of name, version, chain and contract.</summary>
    /// <param name="domain">The domain; its struct type is added to the others.</param>
    /// <param name="types">The struct types of the message.</param>
    /// <param name="primaryType">The struct type of the message.</param>
    /// <param name="message">The values of the primary type's members.</param>
    /// <exception cref="FormatException">A type is unknown or malformed, or a value does not fit its type.</exception>
    public static TypedData Create(
        Eip712Domain domain,
        IReadOnlyDictionary<string, IReadOnlyList<TypedMember>> types,
        string primaryType,
        AbiValue.Tuple message)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var all = new Dictionary<string, IReadOnlyList<TypedMember>>(types, StringComparer.Ordinal)
        {
            [DomainType] =
            [
                new TypedMember("name", "string"),
                new TypedMember("version", "string"),
                new TypedMember("chainId", "uint256"),
                new TypedMember("verifyingContract", "address"),
            ],
        };
        AbiValue[] values = [domain.Name, domain.Version, domain.ChainId.Value, domain.VerifyingContract];
        return new TypedData(all, primaryType, new AbiValue.Tuple(values), message);
    }

    /// <summary>Reads the JSON that wallets are given.</summary>
    /// <exception cref="FormatException">It is no JSON, or no valid message. It is not repeated.</exception>
    public static TypedData Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(json, options);
            return FromJson(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException or InvalidOperationException)
        {
            // The second for a text that is no UTF-16, the third for a member's name with an unpaired surrogate.
            throw new FormatException("The text is no JSON object without double members.");
        }
    }

    /// <summary>Reads the JSON that wallets are given, parsed already.</summary>
    /// <exception cref="FormatException">It is no valid message. It is not repeated.</exception>
    public static TypedData FromJson(JsonElement json)
    {
        try
        {
            TypedDataJson.RequireMembers(json, 4);
            var schema = new TypedDataSchema(TypedDataJson.ReadTypes(TypedDataJson.Member(json, "types")));
            string primaryType = TypedDataJson.Text(TypedDataJson.Member(json, "primaryType"));
            return new TypedData(
                schema,
                primaryType,
                TypedDataJson.ReadStruct(schema, DomainType, TypedDataJson.Member(json, "domain"), DepthMax),
                TypedDataJson.ReadStruct(schema, primaryType, TypedDataJson.Member(json, "message"), DepthMax));
        }
        catch (InvalidOperationException)
        {
            // A text or name with an unpaired surrogate: JSON allows it, no hash does.
            throw new FormatException("A text in the typed data is not Unicode.");
        }
    }

    /// <summary>The value of one of the domain's members; null when the domain does not declare it.</summary>
    public AbiValue? FindInDomain(string member)
    {
        IReadOnlyList<TypedMember> members = Types[DomainType];
        for (int i = 0; i < members.Count; i++)
        {
            if (members[i].Name == member) return Domain.Items[i];
        }

        return null;
    }

    /// <summary>The digest to sign.</summary>
    public Bytes32 Digest() => Eip712.Digest(DomainSeparator, StructHash);

    /// <summary>Writes the JSON object that wallets are given.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WritePropertyName("types");
        TypedDataJson.WriteTypes(writer, Types);
        writer.WriteString("primaryType", PrimaryType);
        writer.WritePropertyName("domain");
        TypedDataJson.WriteStruct(writer, _schema, DomainType, Domain);
        writer.WritePropertyName("message");
        TypedDataJson.WriteStruct(writer, _schema, PrimaryType, Message);
        writer.WriteEndObject();
    }

    /// <summary>The JSON text that wallets are given.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
