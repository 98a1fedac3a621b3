using System.Text.Json;

namespace Souk.Domain.Events;

/// <summary>Data of <c>souk.partner.&lt;type&gt;</c>: what a partner announced, told on as it came.</summary>
/// <param name="Partner">Whose event it is: the name in the path they called.</param>
/// <param name="Id">Unique per partner and source.</param>
/// <param name="Source">The partner's own source, a URI reference; null where the scheme has none.</param>
/// <param name="Subject">What it is about, in the partner's words; null when they do not say.</param>
/// <param name="Time">When it happened; null when they do not say.</param>
/// <param name="Data">Their data; undefined for none.</param>
/// <remarks>Nothing of it is believed: whoever takes it asks the partner, or the chain, before money moves.</remarks>
public sealed record PartnerEvent(
    string Partner, string Id, string? Source, string? Subject, DateTimeOffset? Time, JsonElement? Data)
{
    /// <summary>The longest type taken, in characters; what <c>souk.partner.</c> adds still fits the outbox.</summary>
    public const int TypeLengthMax = 150;

    /// <summary>Whether it is a type: words of a to z, 0 to 9, <c>-</c> and <c>_</c>, parted by single dots.</summary>
    public static bool IsType(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.Length is > 0 and <= TypeLengthMax
            && type.Split('.').All(word => word.Length > 0 && word.All(IsOfWord));
    }

    private static bool IsOfWord(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_';
}
