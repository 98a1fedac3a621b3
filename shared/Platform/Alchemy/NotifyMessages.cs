using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Platform.Alchemy;

/// <summary>The wire JSON of Alchemy's interface to manage webhooks; nothing else sees it.</summary>
/// <remarks>
/// Unknown members are ignored: a listed webhook's <c>signing_key</c> is among them, and so never kept. Source:
/// alchemy.com/docs, "Webhooks API endpoints" (read 2026-11).
/// </remarks>
internal static class NotifyMessages
{
    internal sealed record Webhook(
        string Id, bool IsActive, string? Network = null, string? WebhookType = null, string? WebhookUrl = null);

    internal sealed record WebhookList(IReadOnlyList<Webhook> Data);

    internal sealed record NftFilter(string ContractAddress, string? TokenId = null);

    internal sealed record AddressPage(IReadOnlyList<string> Data, Pagination? Pagination = null);

    internal sealed record NftFilterPage(IReadOnlyList<NftFilter> Data, Pagination? Pagination = null);

    internal sealed record Pagination(Cursors? Cursors = null, long? TotalCount = null);

    internal sealed record Cursors(string? After = null);

    internal sealed record StatusChange(string WebhookId, bool IsActive);

    internal sealed record AddressChange(
        string WebhookId, IReadOnlyList<string> AddressesToAdd, IReadOnlyList<string> AddressesToRemove);

    internal sealed record NftFilterChange(
        string WebhookId, IReadOnlyList<NftFilter> NftFiltersToAdd, IReadOnlyList<NftFilter> NftFiltersToRemove);

    internal sealed record Problem([property: JsonPropertyName("message")] string? Words = null);

    /// <exception cref="FormatException">The text is no address.</exception>
    internal static Watched Read(string address, string? tokenId = null) => new(
        // Its letters' case is not always a checksum.
        Address.Parse(address.ToLowerInvariant(), null), tokenId is { Length: > 0 } ? tokenId : null);

    internal static NftFilter Filter(Watched watched) => new(watched.Address.ToLowerHex(), watched.TokenId);
}

/// <summary>The serializers of the management interface's messages.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NotifyMessages.WebhookList))]
[JsonSerializable(typeof(NotifyMessages.AddressPage))]
[JsonSerializable(typeof(NotifyMessages.NftFilterPage))]
[JsonSerializable(typeof(NotifyMessages.StatusChange))]
[JsonSerializable(typeof(NotifyMessages.AddressChange))]
[JsonSerializable(typeof(NotifyMessages.NftFilterChange))]
[JsonSerializable(typeof(NotifyMessages.Problem))]
internal sealed partial class NotifyJson : JsonSerializerContext;
