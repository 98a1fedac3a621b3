using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>The kinds of webhook that the stand-in sends events for.</summary>
public static class AlchemyWebhookType
{
    /// <summary>Transfers from or to watched accounts.</summary>
    public const string AddressActivity = "ADDRESS_ACTIVITY";

    /// <summary>Transfers of watched collections' tokens.</summary>
    public const string NftActivity = "NFT_ACTIVITY";

    /// <summary>Whatever a query asks of each block; here, the logs that its filter names.</summary>
    public const string Custom = "GRAPHQL";

    /// <summary>Mined transactions from watched accounts. Alchemy lets nobody create more of these.</summary>
    public const string MinedTransaction = "MINED_TRANSACTION";

    /// <summary>Transactions that left the pool. Alchemy lets nobody create more of these.</summary>
    public const string DroppedTransaction = "DROPPED_TRANSACTION";

    /// <summary>Changes of watched tokens' metadata.</summary>
    public const string NftMetadataUpdate = "NFT_METADATA_UPDATE";
}

/// <summary>A webhook as Alchemy's management interface tells it. Its lists change under the registry's lock.</summary>
public sealed class AlchemyWebhook
{
    internal AlchemyWebhook(string id, string signingKey, AlchemyNetwork network, string type, Uri url)
    {
        Id = id;
        SigningKey = signingKey;
        Network = network;
        Type = type;
        Url = url;
    }

    /// <summary><c>wh_</c> and 16 letters or digits.</summary>
    public string Id { get; }

    /// <summary>The key of its signatures, as UTF-8 text.</summary>
    public string SigningKey { get; }

    /// <summary>The network it watches.</summary>
    public AlchemyNetwork Network { get; }

    /// <summary>One of <see cref="AlchemyWebhookType"/>.</summary>
    public string Type { get; }

    /// <summary>Where its events go.</summary>
    public Uri Url { get; }

    /// <summary>Whether events are sent. Alchemy pauses a webhook whose receiver keeps failing.</summary>
    public bool IsActive { get; internal set; } = true;

    internal DateTimeOffset CreatedAt { get; init; }

    /// <summary>Lower-case watched accounts.</summary>
    internal HashSet<string> Addresses { get; } = [];

    /// <summary>Lower-case watched contracts, each with a token's hexadecimal number or null for all.</summary>
    internal HashSet<(string Contract, string? TokenId)> NftFilters { get; } = [];

    internal string? Query { get; init; }

    internal bool SkipsEmpty { get; init; }

    /// <summary>Failed attempts since the last that worked.</summary>
    internal int FailuresInRow { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"{Type} {Id}";

    internal JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["network"] = Network.NotifyName,
        ["webhook_type"] = Type,
        ["webhook_url"] = Url.ToString(),
        ["is_active"] = IsActive,
        ["time_created"] = CreatedAt.ToUnixTimeMilliseconds(),
        ["addresses"] = Type == AlchemyWebhookType.AddressActivity
            ? new JsonArray([.. Addresses.Select(address => (JsonNode)address)])
            : null,
        ["version"] = "V2",
        ["signing_key"] = SigningKey,
    };
}
