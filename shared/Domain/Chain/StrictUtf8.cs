using System.Text;
using System.Text.Json;

namespace Souk.Domain.Chain;

/// <summary>UTF-8 that refuses what the lenient encoder would replace: two texts must never share a digest.</summary>
internal static class StrictUtf8
{
    private static readonly UTF8Encoding Encoding = new(false, throwOnInvalidBytes: true);

    internal static byte[] GetBytes(string text) => Encoding.GetBytes(text);

    internal static string GetString(ReadOnlySpan<byte> bytes) => Encoding.GetString(bytes);

    /// <summary>The text of a JSON string or name; null for a valid token that is no text.</summary>
    internal static string? ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate or broken UTF-8.
            return null;
        }
    }
}
