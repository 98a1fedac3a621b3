using System.Globalization;
using System.Text;

namespace Souk.Platform.CloudEvents;

/// <summary>Attribute values in headers (CloudEvents HTTP protocol binding 1.0.2, section 3.1.3.2).</summary>
public static class CloudEventHeader
{
    private const char FirstPlain = '!';
    private const char LastPlain = '~';

    /// <summary>
    /// Percent-encodes the UTF-8 octets of a space, a quote, a percent sign and all outside U+0021 to U+007E.
    /// </summary>
    public static string Encode(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.All(IsPlain))
            return value;
        StringBuilder text = new(value.Length + 16);
        Span<byte> octets = stackalloc byte[4];
        foreach (Rune rune in value.EnumerateRunes())
        {
            if (rune.IsAscii && IsPlain((char)rune.Value))
            {
                text.Append((char)rune.Value);
                continue;
            }

            int count = rune.EncodeToUtf8(octets);
            foreach (byte octet in octets[..count])
                text.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>Decodes a header value: quotes are taken off, percent-encoded octets become UTF-8 text.</summary>
    public static string Decode(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        bool isQuoted = value.Length >= 2 && value[0] == '"' && value[^1] == '"';
        string inner = isQuoted ? Unquote(value[1..^1]) : value;
        return inner.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(inner) : inner;
    }

    private static bool IsPlain(char c) => c is >= FirstPlain and <= LastPlain and not '"' and not '%';

    private static string Unquote(string value)
    {
        StringBuilder text = new(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
                i++;
            text.Append(value[i]);
        }

        return text.ToString();
    }
}
