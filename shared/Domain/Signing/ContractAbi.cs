using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Souk.Domain.Chain;

namespace Souk.Domain.Signing;

/// <summary>One argument of a call or error as people read it.</summary>
/// <param name="Name">What the contract calls it; null when its ABI names it not.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its value.</param>
public sealed record DecodedArgument(string? Name, AbiType Type, AbiValue Value);

/// <summary>A call or an error as people read it.</summary>
/// <param name="Function">The function or error, such as <c>mint(address,uint256)</c>.</param>
/// <param name="Arguments">Its arguments, in order.</param>
public sealed record DecodedCall(string Function, ImmutableArray<DecodedArgument> Arguments);

/// <summary>The functions and errors of a contract, by their selectors.</summary>
/// <remarks>
/// Read from lines such as <c>function mint(address to,uint256 id)</c> and <c>error Taken(uint256 id)</c> (a line
/// without either word is a function), or from the JSON ABI that compilers write; what else stands there (events,
/// the constructor) is left out. Source: Solidity ABI specification, "JSON".
/// </remarks>
public sealed class ContractAbi
{
    /// <summary>The most functions and errors of a contract.</summary>
    public const int EntriesMax = 1_000;

    private const string FunctionWord = "function ";
    private const string ErrorWord = "error ";

    /// <summary>How deep a JSON ABI's structs may nest: deeper than any type may.</summary>
    private const int DepthMax = AbiType.DepthMax;

    private readonly FrozenDictionary<Selector, AbiFunction> _functions;
    private readonly FrozenDictionary<Selector, AbiFunction> _errors;

    private ContractAbi(ImmutableArray<string> lines)
    {
        if (lines.Length > EntriesMax) throw Bad();
        Lines = [.. lines.Select(Canonical).Distinct(StringComparer.Ordinal)];
        _functions = Index(FunctionWord);
        _errors = Index(ErrorWord);
    }

    /// <summary>Each function and error on a line, its arguments with their names.</summary>
    public ImmutableArray<string> Lines { get; }

    /// <summary>Reads lines.</summary>
    /// <exception cref="FormatException">A line is no function and no error, or two share a selector.</exception>
    public static ContractAbi Parse(ImmutableArray<string> lines) => new(lines.IsDefault ? [] : lines);

    /// <summary>Reads an array of lines, of a JSON ABI's entries, or of both.</summary>
    /// <exception cref="FormatException">It is something else, or two entries share a selector.</exception>
    public static ContractAbi Parse(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > EntriesMax) throw Bad();
        try
        {
            return new ContractAbi([.. json.EnumerateArray().Select(ReadEntry).OfType<string>()]);
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to half a surrogate pair.
            throw Bad();
        }
    }

    /// <summary>The call that this data makes; null for no function of the contract's.</summary>
    public DecodedCall? DecodeCall(ReadOnlyMemory<byte> data) => Decode(_functions, data);

    /// <summary>The error that this revert data tells; null for no error of the contract's.</summary>
    public DecodedCall? DecodeError(ReadOnlyMemory<byte> data) => Decode(_errors, data);

    /// <summary>A call of a function as people read it; null when the data is not that, to the octet.</summary>
    public static DecodedCall? Decode(AbiFunction function, ReadOnlyMemory<byte> data)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (!function.TryDecode(data, out AbiValue[] values)) return null;
        return new DecodedCall(
            function.Signature,
            [
                .. values.Select((value, index) =>
                    new DecodedArgument(function.InputNames[index], function.Inputs[index], value)),
            ]);
    }

    private static DecodedCall? Decode(
        FrozenDictionary<Selector, AbiFunction> entries, ReadOnlyMemory<byte> data) =>
        data.Length >= Selector.Length && entries.TryGetValue(Selector.Of(data.Span), out AbiFunction? entry)
            ? Decode(entry, data)
            : null;

    private FrozenDictionary<Selector, AbiFunction> Index(string word)
    {
        Dictionary<Selector, AbiFunction> entries = [];
        foreach (string line in Lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)))
        {
            var entry = AbiFunction.Parse(line[word.Length..]);
            if (!entries.TryAdd(entry.Selector, entry)) throw Bad();
        }

        return entries.ToFrozenDictionary();
    }

    private static string Canonical(string? line)
    {
        if (line is null) throw Bad();
        bool isError = line.StartsWith(ErrorWord, StringComparison.Ordinal);
        string word = isError ? ErrorWord : FunctionWord;
        var entry = AbiFunction.Parse(
            line.StartsWith(word, StringComparison.Ordinal) ? line[word.Length..] : line);
        IEnumerable<string> inputs = entry.Inputs.Select((type, index) =>
            entry.InputNames[index] is { } name ? $"{type} {name}" : type.ToString());
        return $"{word}{entry.Name}({string.Join(',', inputs)})";
    }

    private static string? ReadEntry(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String) return json.GetString();
        string type = Member(json, "type");
        return type is "function" or "error"
            ? $"{type} {Member(json, "name")}{ReadParameters(json, "inputs", DepthMax)}"
            : null;
    }

    private static string ReadParameters(JsonElement json, string member, int depth)
    {
        if (depth == 0 || !json.TryGetProperty(member, out JsonElement parameters)
            || parameters.ValueKind != JsonValueKind.Array)
        {
            throw Bad();
        }

        return $"({string.Join(',', parameters.EnumerateArray().Select(it => ReadParameter(it, depth)))})";
    }

    private static string ReadParameter(JsonElement json, int depth)
    {
        string type = Member(json, "type");
        StringBuilder text = new();
        text.Append(type.StartsWith("tuple", StringComparison.Ordinal)
            ? ReadParameters(json, "components", depth - 1) + type["tuple".Length..]
            : type);
        if (json.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
            && name.GetString() is { Length: > 0 } called)
        {
            text.Append(' ').Append(called);
        }

        return text.ToString();
    }

    private static string Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement member)
        && member.ValueKind == JsonValueKind.String
            ? member.GetString()!
            : throw Bad();

    private static FormatException Bad() => new("The text is no ABI of a contract.");
}
