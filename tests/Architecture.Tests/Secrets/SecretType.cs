using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Secrets;

/// <summary>A type of ours that can print itself and can hold a secret, and the fields that would.</summary>
/// <param name="Type">The type.</param>
/// <param name="Fields">Fields of text whose name says that it is one.</param>
internal sealed partial record SecretType(Type Type, IReadOnlyList<FieldInfo> Fields)
{
    /// <summary>What the fields are filled with; whatever prints it prints a secret.</summary>
    public const string Marker = "s3cr3t-m4rk3r";

    // Text that no rule of naming would find: calldata with an authorization in it.
    private static readonly string[] SecretWhateverTheName = ["WalletStep.Data"];

    // Named like secrets and none: the text of an ABI signature, and a node's words, which no log ever gets.
    private static readonly string[] NoSecrets = ["AbiEvent", "AbiFunction", "RpcError"];

    /// <summary>Every type of shared/ and the functions that holds text under a secret's name.</summary>
    public static IReadOnlyList<SecretType> All { get; } =
    [
        .. OurAssemblies.All.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsAbstract: false, ContainsGenericParameters: false, IsEnum: false })
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && Prints(type))
            .Where(type => !NoSecrets.Contains(type.Name))
            .Select(type => new SecretType(type, [.. FieldsOf(type).Where(IsSecret)]))
            .Where(found => found.Fields.Count > 0),
    ];

    /// <summary>What it prints with the marker in its secret fields and something harmless in the others.</summary>
    public string? Format() => Make(Type, field => Fields.Contains(field) ? Marker : "plain").ToString();

    private static object Make(Type type, Func<FieldInfo, string> text)
    {
        object value = RuntimeHelpers.GetUninitializedObject(type);
        foreach (FieldInfo field in FieldsOf(type))
        {
            object? filling = Fill(field.FieldType, text(field));
            if (filling is null && OurAssemblies.All.Contains(field.FieldType.Assembly) && IsMade(field.FieldType))
                filling = Make(field.FieldType, text);
            if (filling is not null) field.SetValue(value, filling);
        }

        return value;
    }

    private static bool IsMade(Type type) =>
        type is { IsAbstract: false, IsEnum: false, ContainsGenericParameters: false };

    // What inherits ToString() from these prints its type's name or its message.
    private static bool Prints(Type type) =>
        type.GetMethod(nameof(ToString), [])!.DeclaringType is { } prints
        && prints != typeof(object) && prints != typeof(ValueType) && prints != typeof(Exception);

    private static IEnumerable<FieldInfo> FieldsOf(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private static bool IsSecret(FieldInfo field)
    {
        string name = Backing().Replace(field.Name, "$1").TrimStart('_');
        return Fill(field.FieldType, Marker) is string or string[] or Dictionary<string, string>
            && (SecretName().IsMatch(name)
                || SecretWhateverTheName.Contains($"{field.DeclaringType!.Name}.{name}")
                || (SecretTypeName().IsMatch(field.DeclaringType.Name) && WholeName().IsMatch(name)));
    }

    private static object? Fill(Type type, string text)
    {
        if (type == typeof(object)) return null;
        if (type == typeof(string)) return text;
        if (type.IsAssignableFrom(typeof(string[]))) return new[] { text };
        if (IsListOf(type, typeof(IReadOnlyList<>))) return Array.CreateInstance(type.GetGenericArguments()[0], 0);
        if (IsListOf(type, typeof(ImmutableArray<>))) return type.GetField("Empty")!.GetValue(null);
        return type.IsAssignableFrom(typeof(Dictionary<string, string>))
            ? new Dictionary<string, string> { [text] = text }
            : null;
    }

    private static bool IsListOf(Type type, Type list) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == list;

    [GeneratedRegex("^<(.+)>(k__BackingField|P)$")]
    private static partial Regex Backing();

    [GeneratedRegex(
        "secret|password|token$|credential|^keys?$|apikey|privatekey|signature|assertion|e-?mail|jwt|bearer"
            + "|^message$|^values$",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex("(Token|Secret|Bearer|Credential|Signature)$")]
    private static partial Regex SecretTypeName();

    [GeneratedRegex("^(value|text|compact)$", RegexOptions.IgnoreCase)]
    private static partial Regex WholeName();
}
