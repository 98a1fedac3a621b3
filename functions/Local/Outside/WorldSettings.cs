using System.Text.Json.Nodes;
using Souk.Local.StandIns;

namespace Souk.Local.Outside;

/// <summary>The one settings file that all functions read; it names places and holds no secret.</summary>
internal static class WorldSettings
{
    /// <summary>The authority that people would see; nothing listens there.</summary>
    public const string Domain = "souk.localhost";

    /// <summary>Block time that functions reckon with when the nodes mine at once, in seconds.</summary>
    private const double BlockSecondsAtOnce = 1;

    /// <summary>Who administers: what Firebase calls the first two, for a dangerous act needs a second person.</summary>
    public static IReadOnlyList<string> Administrators { get; } = ["ada", "grace"];

    /// <summary>The file's text.</summary>
    public static string ToJson(World world, TimeSpan? blockTime) => new JsonObject
    {
        ["Vault"] = new JsonObject
        {
            ["Address"] = world.Vault.Url.ToString(),
            ["LoginMethod"] = "Kubernetes",
        },
        ["Postgres"] = Postgres(world),
        ["Redis"] = new JsonObject { ["Endpoint"] = world.Redis.Endpoint },
        ["Firebase"] = new JsonObject
        {
            ["ProjectId"] = world.Firebase.ProjectId,
            ["KeysUrl"] = world.Firebase.KeysUrl.ToString(),
            ["IdentityUrl"] = world.Firebase.IdentityUrl.ToString(),
            ["TokenUrl"] = world.Firebase.TokenUrl.ToString(),
        },
        ["MetaKeep"] = new JsonObject
        {
            ["BaseUrl"] = world.MetaKeep.Url.ToString(),
            ["SignedHost"] = MetaKeepStandIn.SignedHost,
        },
        ["Broker"] = new JsonObject { ["Url"] = world.Broker.EventsUrl.ToString() },
        ["Site"] = new JsonObject
        {
            ["Domain"] = Domain,
            ["Uri"] = $"https://{Domain}",
            ["Issuer"] = $"https://{Domain}",
            ["UserAudience"] = "souk",
            ["AdminAudience"] = "souk-admin",
        },
        ["Auth"] = new JsonObject
        {
            [nameof(Administrators)] = new JsonArray([.. Administrators.Select(uid => JsonValue.Create(uid))]),
        },
        ["Chains"] = new JsonArray([.. world.Chains.Select(chain => Chain(world, chain, blockTime))]),
    }.ToJsonString();

    private static JsonObject Postgres(World world) => new()
    {
        ["Host"] = world.Database.Server.HasTcp ? "localhost" : world.Database.Server.Host,
        ["Port"] = world.Database.Server.Port,
        ["Database"] = WorldDatabase.Name,
        ["Tls"] = world.Database.Server.RootCertificatePath is not null,
        ["RootCertificatePath"] = world.Database.Server.RootCertificatePath,
    };

    private static JsonObject Chain(World world, WorldChain chain, TimeSpan? blockTime) => new()
    {
        ["Id"] = (long)chain.Plan.Id.Value,
        ["Name"] = chain.Plan.Name,
        ["CurrencySymbol"] = chain.Plan.CurrencySymbol,
        ["AlchemyNetwork"] = chain.Plan.AlchemyNetwork,
        ["NotifyNetwork"] = chain.Plan.NotifyNetwork,
        ["RpcUrl"] = world.Alchemy.RpcUrlOf(chain.Plan.Id).ToString(),
        ["Confirmations"] = chain.Plan.Confirmations,
        ["BlockSeconds"] = blockTime?.TotalSeconds ?? BlockSecondsAtOnce,
        ["ReorgDepthMax"] = 64,
        ["Seaport"] = chain.Contracts.Seaport.ToString(),
        ["ConduitController"] = chain.Contracts.ConduitController.ToString(),
        ["ConduitKey"] = "",
        ["Zone"] = chain.Contracts.Zone.ToString(),
        ["PlatformFeeRecipient"] = chain.FeeRecipient.ToString(),
        ["PlatformFeeBps"] = WorldChain.PlatformFeeBps,
        ["StartBlock"] = (long)chain.Contracts.StartBlock,
    };
}
