using System.Globalization;
using System.Text;

namespace Souk.Platform.CloudEvents;

/// <summary>Attribute values in headers (CloudEvents HTTP protocol binding 1.0.2, section 3.1.3.2).</summary>
public static class CloudEventHeader
{
    private const char FirstPlain = '!';
    private const char LastPlain = '~';
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

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

    /// <summary>Decodes a header value: quotes are taken off, percent-encoded octets become UTF-8 text, once.</summary>
    /// <exception cref="FormatException">The octets are no UTF-8.</exception>
    public static string Decode(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        bool isQuoted = value.Length >= 2 && value[0] == '"' && value[^1] == '"';
        string inner = isQuoted ? Unquote(value[1..^1]) : value;
        return inner.Contains('%', StringComparison.Ordinal) ? DecodePercents(inner) : inner;
    }

    private static bool IsPlain(char c) => c is >= FirstPlain and <= LastPlain and not '"' and not '%';

    /// <summary>A percent sign without two hexadecimal digits after it stands for itself.</summary>
    private static string DecodePercents(string value)
    {
        byte[] octets = Encoding.UTF8.GetBytes(value);
        int length = 0;
        for (int i = 0; i < octets.Length; i++)
        {
            bool isEncoded = octets[i] == '%' && i + 2 < octets.Length
                && char.IsAsciiHexDigit((char)octets[i + 1]) && char.IsAsciiHexDigit((char)octets[i + 2]);
            octets[length++] = isEncoded
                ? byte.Parse(octets.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : octets[i];
            i += isEncoded ? 2 : 0;
        }

        try
        {
            return StrictUtf8.GetString(octets, 0, length);
        }
        catch (DecoderFallbackException exception)
        {
            throw new FormatException("The percent-encoded octets are no UTF-8.", exception);
        }
    }

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
