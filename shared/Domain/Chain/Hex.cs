using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Souk.Domain.Chain;

/// <summary>Octets as Ethereum writes them: <c>0x</c> and two hexadecimal digits an octet.</summary>
/// <remarks>Source: the "unformatted data" encoding of the Ethereum JSON-RPC specification.</remarks>
public static class Hex
{
    /// <summary><c>0x</c> and lower-case digits; <c>0x</c> alone for no octets.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => string.Concat("0x", Convert.ToHexStringLower(bytes));

    /// <summary>Reads <c>0x</c> and an even number of digits of either case.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text) =>
        TryDecode(text, out byte[]? bytes) ? bytes : throw new FormatException("The text is not 0x-prefixed hex.");

    /// <summary>Reads <c>0x</c> and an even number of digits of either case; false for anything else.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length < 2 || text.Length % 2 != 0) return false;

        byte[] decoded = new byte[(text.Length - 2) / 2];
        if (!TryDecode(text, decoded)) return false;
        bytes = decoded;
        return true;
    }

    /// <summary>Reads exactly as many octets as the destination holds.</summary>
    internal static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination) =>
        text.StartsWith("0x", StringComparison.Ordinal)
        && text.Length == 2 + (destination.Length * 2)
        && Convert.FromHexString(text[2..], destination, out _, out _) == OperationStatus.Done;
}
