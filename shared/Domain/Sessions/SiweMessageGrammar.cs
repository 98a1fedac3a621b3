using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Souk.Domain.Sessions;

/// <summary>The texts that ERC-4361 borrows from other standards.</summary>
/// <remarks>References: RFC 3986, appendix A (URI, authority, pchar); RFC 3339, section 5.6 (date-time).</remarks>
internal static class SiweMessageGrammar
{
    private const string Alphabetic = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Alphanumeric = Alphabetic + "0123456789";
    private const string Unreserved = Alphanumeric + "-._~";
    private const string SubDelimiters = "!$&'()*+,;=";

    private const int NonceLengthMin = 8;

    /// <summary>A DateTimeOffset counts ticks of 100 ns; more digits are read and cut off.</summary>
    private const int TickDigits = 7;

    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create(Alphanumeric + "+-.");
    private static readonly SearchValues<char> NonceCharacters = SearchValues.Create(Alphanumeric);
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create(Unreserved + SubDelimiters);
    private static readonly SearchValues<char> UserCharacters = SearchValues.Create(Unreserved + SubDelimiters + ":");
    private static readonly SearchValues<char> SegmentCharacters =
        SearchValues.Create(Unreserved + SubDelimiters + ":@");

    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create(Unreserved + SubDelimiters + ":@/");

    private static readonly SearchValues<char> QueryCharacters =
        SearchValues.Create(Unreserved + SubDelimiters + ":@/?");

    private static readonly SearchValues<char> StatementCharacters =
        SearchValues.Create(Unreserved + SubDelimiters + ":/?#[]@ ");

    private static readonly SearchValues<char> AddressLiteralCharacters =
        SearchValues.Create("0123456789abcdefABCDEF:.");

    internal static bool IsScheme(ReadOnlySpan<char> text) =>
        !text.IsEmpty && char.IsAsciiLetter(text[0]) && !text.ContainsAnyExcept(SchemeCharacters);

    internal static bool IsNonce(ReadOnlySpan<char> text) =>
        text.Length >= NonceLengthMin && !text.ContainsAnyExcept(NonceCharacters);

    internal static bool IsStatement(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(StatementCharacters);

    internal static bool IsRequestId(ReadOnlySpan<char> text) => IsEscaped(text, SegmentCharacters);

    /// <summary><c>[ userinfo "@" ] host [ ":" port ]</c></summary>
    internal static bool IsAuthority(ReadOnlySpan<char> text, bool isHostRequired)
    {
        int at = text.LastIndexOf('@');
        if (at >= 0 && !IsEscaped(text[..at], UserCharacters)) return false;
        ReadOnlySpan<char> host = text[(at + 1)..];

        // The colons of an address literal are inside its brackets.
        int colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            if (host[(colon + 1)..].ContainsAnyExceptInRange('0', '9')) return false;
            host = host[..colon];
        }

        if (host.IsEmpty) return !isHostRequired && text.IsEmpty;
        return host[0] == '[' ? IsAddressLiteral(host) : IsEscaped(host, HostCharacters);
    }

    /// <summary><c>scheme ":" hier-part [ "?" query ] [ "#" fragment ]</c></summary>
    internal static bool IsUri(ReadOnlySpan<char> text)
    {
        int colon = text.IndexOf(':');
        if (colon < 0 || !IsScheme(text[..colon])) return false;

        ReadOnlySpan<char> rest = text[(colon + 1)..];
        return TryCutTail(ref rest, '#') && TryCutTail(ref rest, '?') && IsHierarchy(rest);
    }

    /// <summary>Reads <c>date-time</c>; a leap second is refused, for no clock here could hold it.</summary>
    internal static bool TryReadTime([NotNullWhen(true)] string? text, out DateTimeOffset time, out string original)
    {
        time = default;
        original = text ?? "";
        ReadOnlySpan<char> rest = original.AsSpan();
        if (rest.Length < 20) return false;
        ReadOnlySpan<char> whole = rest[..19];
        rest = rest[19..];

        long ticks = 0;
        if (rest[0] == '.' && !TryReadFraction(ref rest, out ticks)) return false;
        if (rest is "Z")
            rest = "+00:00";
        else if (rest.Length != 6 || rest[0] is not ('+' or '-') || rest[3] != ':')
            return false;

        string normal = string.Concat(whole, rest);
        bool isTime = DateTimeOffset.TryParseExact(
            normal, "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
        time = time.AddTicks(ticks);
        return isTime;
    }

    [return: NotNullIfNotNull(nameof(time))]
    internal static string? Write(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static bool IsHierarchy(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("//", StringComparison.Ordinal)) return IsEscaped(text, PathCharacters);
        ReadOnlySpan<char> rest = text[2..];
        int slash = rest.IndexOf('/');
        int end = slash < 0 ? rest.Length : slash;
        return IsAuthority(rest[..end], isHostRequired: false) && IsEscaped(rest[end..], PathCharacters);
    }

    private static bool TryCutTail(ref ReadOnlySpan<char> text, char mark)
    {
        int at = text.IndexOf(mark);
        if (at < 0) return true;
        ReadOnlySpan<char> tail = text[(at + 1)..];
        text = text[..at];
        return IsEscaped(tail, QueryCharacters);
    }

    private static bool IsAddressLiteral(ReadOnlySpan<char> host)
    {
        if (host.Length < 4 || host[^1] != ']') return false;
        ReadOnlySpan<char> inner = host[1..^1];
        return !inner.ContainsAnyExcept(AddressLiteralCharacters)
            && IPAddress.TryParse(inner, out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    /// <summary>Only the given characters, and <c>%</c> with two hexadecimal digits.</summary>
    private static bool IsEscaped(ReadOnlySpan<char> text, SearchValues<char> allowed)
    {
        while (true)
        {
            int at = text.IndexOfAnyExcept(allowed);
            if (at < 0) return true;
            if (text[at] != '%' || text.Length < at + 3) return false;
            if (!char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2])) return false;
            text = text[(at + 3)..];
        }
    }

    private static bool TryReadFraction(ref ReadOnlySpan<char> text, out long ticks)
    {
        int digits = text[1..].IndexOfAnyExceptInRange('0', '9');
        ticks = 0;
        if (digits < 1) return false;

        for (int i = 0; i < TickDigits; i++) ticks = (ticks * 10) + (i < digits ? text[1 + i] - '0' : 0);
        text = text[(1 + digits)..];
        return true;
    }
}
