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

    /// <summary>Who administers, by Firebase id: two, for a dangerous act needs a second person.</summary>
    public static IReadOnlyList<string> Administrators { get; } = ["ada", "grace"];

    // An address that no contract of ours will ever have.
    private const string Nowhere = "0x000000000000000000000000000000000000dEaD";

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
        ["Notify"] = new JsonObject { ["BaseUrl"] = world.Alchemy.ManagementUrl.ToString() },
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
        // Two people on one machine need not wait for each other.
        ["Policy"] = new JsonObject { ["WideningDelay"] = "00:00:00" },
        ["Chains"] = world.Chains.Count > 0
            ? new JsonArray([.. world.Chains.Select(chain => Chain(world, chain, blockTime))])
            : new JsonArray([.. LocalChain.All.Select(plan => Absent(world, plan))]),
        ["Signers"] = new JsonArray([.. world.Chains.SelectMany(chain => chain.Signers.Select(signer => new JsonObject
        {
            ["Name"] = chain.NameOf(signer),
            ["ChainId"] = (long)chain.Plan.Id.Value,
        }))]),
    }.ToJsonString();

    private static JsonObject Postgres(World world) => new()
    {
        ["Host"] = world.Database.Server.HasTcp ? "localhost" : world.Database.Server.Host,
        ["Port"] = world.Database.Server.Port,
        ["Database"] = WorldDatabase.Name,
        ["Tls"] = world.Database.Server.RootCertificatePath is not null,
        ["RootCertificatePath"] = world.Database.Server.RootCertificatePath,
    };

    private static JsonObject Chain(World world, WorldChain chain, TimeSpan? blockTime)
    {
        JsonObject settings = Absent(world, chain.Plan);
        settings["BlockSeconds"] = blockTime?.TotalSeconds ?? BlockSecondsAtOnce;
        settings["Seaport"] = chain.Contracts.Seaport.ToString();
        settings["ConduitController"] = chain.Contracts.ConduitController.ToString();
        settings["Zone"] = chain.Contracts.Zone.ToString();
        settings["Currencies"] = new JsonArray(chain.Contracts.Weth.ToString());
        settings["PlatformFeeRecipient"] = chain.FeeRecipient.ToString();
        settings["StartBlock"] = (long)chain.Contracts.StartBlock;
        settings["Hooks"] = WorldHooks.ToSettings(world.Hooks, chain.Plan.Name);
        return settings;
    }

    // Functions refuse to start without a chain; in a world without nodes nobody answers for it.
    private static JsonObject Absent(World world, LocalChain plan) => new()
    {
        ["Id"] = (long)plan.Id.Value,
        ["Name"] = plan.Name,
        ["CurrencySymbol"] = plan.CurrencySymbol,
        ["AlchemyNetwork"] = plan.AlchemyNetwork,
        ["NotifyNetwork"] = plan.NotifyNetwork,
        ["RpcUrl"] = new Uri(world.Alchemy.Url, $"v2/{plan.AlchemyNetwork}").ToString(),
        ["Confirmations"] = plan.Confirmations,
        ["BlockSeconds"] = BlockSecondsAtOnce,
        ["ReorgDepthMax"] = 64,
        ["Seaport"] = Nowhere,
        ["ConduitController"] = Nowhere,
        ["ConduitKey"] = "",
        ["Zone"] = Nowhere,
        ["PlatformFeeRecipient"] = Nowhere,
        ["PlatformFeeBps"] = WorldChain.PlatformFeeBps,
        ["StartBlock"] = 0,
    };
}
