using System.Globalization;
using System.Text;
using Souk.Domain.Chain;

namespace Souk.Domain.Signing;

/// <summary>Says in a sentence why a call reverts.</summary>
/// <remarks>
/// What a contract answers is hostile: texts are cut, and what could pass for another line or hide in one is taken out.
/// Sources: Solidity documentation, "Panic via assert and Error via require"; its ABI specification, "Errors".
/// </remarks>
public static class RevertReason
{
    /// <summary>The longest text of a contract that is repeated, in characters.</summary>
    public const int TextLengthMax = 200;

    /// <summary>Longer revert data is not decoded, in bytes.</summary>
    private const int DataBytesMax = 16 * 1024;

    /// <summary>How many elements of an array are repeated.</summary>
    private const int ItemsMax = 8;

    private static readonly AbiFunction s_error = AbiFunction.Parse("Error(string)");
    private static readonly AbiFunction s_panic = AbiFunction.Parse("Panic(uint256)");

    /// <summary>The sentence.</summary>
    /// <param name="data">What the call answered: a selector and arguments, or nothing.</param>
    /// <param name="contract">The errors of the contract that was called; null when it is not registered.</param>
    public static string Explain(ReadOnlyMemory<byte> data, ContractAbi? contract)
    {
        if (data.IsEmpty) return "It would revert, and gives no reason.";
        if (data.Length < Selector.Length) return "It would revert, with octets that are no error.";
        if (data.Length > DataBytesMax) return $"It would revert with a long error, {Selector.Of(data.Span)}.";
        if (s_error.TryDecode(data, out AbiValue[] texts)) return $"It would revert: {Quote(texts[0])}.";
        if (s_panic.TryDecode(data, out AbiValue[] codes))
            return $"It would panic: {PanicOf(((AbiValue.Uint)codes[0]).Value)}.";
        return contract?.DecodeError(data) is { } known
            ? $"It would revert with {Clean(TextOf(known))}."
            : $"It would revert with the unknown error {Selector.Of(data.Span)}.";
    }

    /// <summary>A hostile text, on one line and not long.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder clean = new(Math.Min(text.Length, TextLengthMax) + 1);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (clean.Length >= TextLengthMax) return clean.Append('…').ToString();
            clean.Append(IsPlain(rune) ? rune.ToString() : "�");
        }

        return clean.ToString();
    }

    /// <summary>Neither a control character nor one that changes how others are shown.</summary>
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);

    private static string PanicOf(UInt256 code) => code.ToHexQuantity() switch
    {
        "0x1" => "an assertion does not hold",
        "0x11" => "a number overflows",
        "0x12" => "a division by zero",
        "0x21" => "a number is no member of its enum",
        "0x22" => "a storage array is badly encoded",
        "0x31" => "an empty array has nothing to pop",
        "0x32" => "an index is out of bounds",
        "0x41" => "too much memory is asked for",
        "0x51" => "a function that was never set is called",
        string other => $"for the reason {other}",
    };

    private static string TextOf(DecodedCall error)
    {
        string name = error.Function[..error.Function.IndexOf('(', StringComparison.Ordinal)];
        IEnumerable<string> arguments = error.Arguments.Select(static it =>
            it.Name is { } named ? $"{named}: {TextOf(it.Value)}" : TextOf(it.Value));
        return $"{name}({string.Join(", ", arguments)})";
    }

    private static string TextOf(AbiValue value) => value switch
    {
        AbiValue.Bool it => it.Value ? "true" : "false",
        AbiValue.Addr it => it.Value.ToString(),
        AbiValue.Uint it => it.Value.ToString(),
        AbiValue.Int it => it.Value.ToString(CultureInfo.InvariantCulture),
        AbiValue.Text => Quote(value),
        AbiValue.List or AbiValue.Tuple => TextOf(value.AsItems()),
        _ => Hex.Encode(value.AsBytes().Span),
    };

    private static string TextOf(IReadOnlyList<AbiValue> items)
    {
        string more = items.Count > ItemsMax ? ", …" : "";
        return $"[{string.Join(", ", items.Take(ItemsMax).Select(TextOf))}{more}]";
    }

    private static string Quote(AbiValue text) => $"\"{Clean(((AbiValue.Text)text).Value)}\"";
}
