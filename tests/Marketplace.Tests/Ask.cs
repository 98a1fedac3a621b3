using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>Bodies of requests.</summary>
internal static class Ask
{
    /// <summary>One ether.</summary>
    internal static readonly Wei Ether = Wei.Parse("1000000000000000000");

    internal static JsonObject Nothing => [];

    internal static JsonObject Collection(Market market, Address contract) => new()
    {
        ["chainId"] = ChainIdOf(market), ["contract"] = contract.ToString(), ["name"] = "Demo",
    };

    internal static JsonObject Listing(Market market, Address seller, TokenId token, Wei? price = null) => new()
    {
        ["chainId"] = ChainIdOf(market),
        ["contract"] = market.Contracts.Collection.ToString(),
        ["tokenId"] = token.ToString(),
        ["priceWei"] = (price ?? Ether).ToString(),
        ["seller"] = seller.ToString(),
        ["endsAt"] = Instant(market.Clock.GetUtcNow().AddDays(1)),
    };

    internal static JsonObject Submission(JsonElement order, string signature) => new()
    {
        ["order"] = JsonNode.Parse(order.GetRawText()), ["signature"] = signature,
    };

    internal static JsonNode ChainIdOf(Market market) => JsonNode.Parse(market.Seaport.ChainId.ToString())!;

    internal static string Instant(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);
}
