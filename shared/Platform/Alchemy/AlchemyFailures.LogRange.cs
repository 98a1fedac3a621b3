using System.Globalization;
using System.Text.RegularExpressions;

namespace Souk.Platform.Alchemy;

internal static partial class AlchemyFailures
{
    private static readonly string[] s_manyLogs =
    [
        "response size", "query returned more than", "more than 10000 results", "max results", "too many logs",
        "too many results", "logs are limited", "response is too big", "response too large",
    ];

    private static readonly string[] s_slow = ["timeout", "timed out", "took too long", "deadline exceeded"];

    private static readonly string[] s_manyBlocks =
    [
        "block range", "range is too", "query exceeds", "blocks range", "max range", "ranges over", "range limit",
        "is limited to", "too many blocks", "blocks distance", "range too large",
    ];

    /// <summary>The refusal of a range of logs that a text means; null when it is about something else.</summary>
    /// <remarks>
    /// Sources, texts as their users quote them (2021 to 2026): Alchemy ("this block range should work: [0x1, 0xa]",
    /// "up to a 2K block range"), Infura ("query returned more than 10000 results. Try with this block range [..]"),
    /// QuickNode ("eth_getLogs is limited to a 10,000 range"), Ankr ("block range is too wide"), BSC nodes ("exceed
    /// maximum block range: 5000"), Cloudflare ("Max range: 800"), dRPC ("ranges over 10000 blocks are not supported on
    /// freetier"), Nodereal ("block range limit exceeded"), Geth and Erigon ("query timeout exceeded", "query returned
    /// more than").
    /// </remarks>
    internal static LogRangeRefusedException? ReadRange(string text)
    {
        string lower = text.ToLowerInvariant();
        if (IsOneOf(s_manyLogs, lower))
            return new LogRangeRefusedException(LogRangeRefusal.TooManyLogs, Suggested(lower) ?? Blocks(lower));
        if (IsOneOf(s_slow, lower))
            return new LogRangeRefusedException(LogRangeRefusal.TooSlow, Suggested(lower));
        return IsOneOf(s_manyBlocks, lower)
            ? new LogRangeRefusedException(LogRangeRefusal.TooManyBlocks, Suggested(lower) ?? Blocks(lower))
            : null;
    }

    /// <summary>The length of the range that the node says would work.</summary>
    private static long? Suggested(string text)
    {
        Match match = Range().Match(text);
        if (!match.Success
            || !TryHex(match.Groups["from"], out long from) || !TryHex(match.Groups["to"], out long to) || to < from)
        {
            return null;
        }

        return to - from + 1;
    }

    /// <summary>The number of blocks that the node says it takes at most.</summary>
    private static long? Blocks(string text)
    {
        Match match = Limit().Match(text);
        if (!match.Success)
            return null;
        string digits = match.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal);
        bool isRead = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        long blocks = match.Groups["thousands"].Success ? number * 1_000 : number;
        return isRead && blocks > 0 ? blocks : null;
    }

    private static bool TryHex(Group digits, out long value) =>
        long.TryParse(digits.Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    [GeneratedRegex(
        @"\[\s*0x(?<from>[0-9a-f]{1,15})\s*,\s*0x(?<to>[0-9a-f]{1,15})\s*\]", RegexOptions.CultureInvariant)]
    private static partial Regex Range();

    // "up to a 2k block range", "limited to a 10,000 range", "maximum block range: 5000", "ranges over 10000 blocks".
    [GeneratedRegex(
        @"(?:(?:up to|limited to|over|than|exceeds?)(?: an?| the)?|(?:max(?:imum)?|limit)(?: allowed)?(?: block)?"
            + @"(?: range)?(?: of| is)?:?) \(?(?<number>\d[\d,]{0,8})(?<thousands>k)?\b(?! (?:logs|results))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Limit();
}
