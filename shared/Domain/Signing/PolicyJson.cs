using System.Text.Json;
using System.Text.Json.Serialization;

namespace Souk.Domain.Signing;

/// <summary>Policies as JSON text: what the admin API shows and the database keeps.</summary>
public static class PolicyJson
{
    /// <summary>The JSON text of what a version says.</summary>
    public static string Write(PolicyContent content) => content switch
    {
        PolicyRule rule => JsonSerializer.Serialize(rule, PolicyJsonContext.Default.PolicyRule),
        RecipientList list => JsonSerializer.Serialize(list, PolicyJsonContext.Default.RecipientList),
        RegisteredContract contract =>
            JsonSerializer.Serialize(contract, PolicyJsonContext.Default.RegisteredContract),
        SignerLimit limit => JsonSerializer.Serialize(limit, PolicyJsonContext.Default.SignerLimit),
        SignatureRule rule => JsonSerializer.Serialize(rule, PolicyJsonContext.Default.SignatureRule),
        _ => throw new ArgumentOutOfRangeException(nameof(content)),
    };

    /// <summary>Reads what a version says; if it makes sense is <see cref="PolicyContent.Fault"/>'s affair.</summary>
    /// <exception cref="JsonException">The text is none of the kind.</exception>
    public static PolicyContent Read(PolicyKind kind, string json)
    {
        PolicyContent? content = kind switch
        {
            PolicyKind.Rule => JsonSerializer.Deserialize(json, PolicyJsonContext.Default.PolicyRule),
            PolicyKind.RecipientList => JsonSerializer.Deserialize(json, PolicyJsonContext.Default.RecipientList),
            PolicyKind.Signature => JsonSerializer.Deserialize(json, PolicyJsonContext.Default.SignatureRule),
            PolicyKind.Contract => JsonSerializer.Deserialize(json, PolicyJsonContext.Default.RegisteredContract),
            _ => JsonSerializer.Deserialize(json, PolicyJsonContext.Default.SignerLimit),
        };
        return content ?? throw new JsonException("The policy is null.");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    AllowOutOfOrderMetadataProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PolicyRule))]
[JsonSerializable(typeof(RecipientList))]
[JsonSerializable(typeof(RegisteredContract))]
[JsonSerializable(typeof(SignerLimit))]
[JsonSerializable(typeof(SignatureRule))]
internal sealed partial class PolicyJsonContext : JsonSerializerContext;
