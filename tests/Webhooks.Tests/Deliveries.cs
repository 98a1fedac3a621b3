using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Souk.Harness;
using Souk.Local.Outside;

[assembly: AssemblyFixture(typeof(SharedWorld))]

namespace Souk.Webhooks.Tests;

/// <summary>The webhooks function with hooks of every condition, and a provider who signs: a class fixture.</summary>
public sealed class Deliveries(SharedWorld world) : IAsyncLifetime
{
    internal const string Key = "whsec_test";
    internal const string NextKey = "whsec_next";
    internal const string WebhookId = "wh_octjglnywaupz6th";
    internal const string PartnerSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    internal const string NextPartnerSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    private FunctionApp<WebhooksFunction>? _app;

    internal FunctionApp<WebhooksFunction> App => _app!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await StartAsync(await world.GetAsync());

    public ValueTask DisposeAsync() => App.DisposeAsync();

    internal static Task<FunctionApp<WebhooksFunction>> StartAsync(World world, string brokerUrl) =>
        StartAsync(world, ("Broker:Url", brokerUrl));

    internal static Task<FunctionApp<WebhooksFunction>> StartAsync(
        World world, params (string Name, string? Value)[] own) => StartAsync(world, TimeProvider.System, own);

    internal static async Task<FunctionApp<WebhooksFunction>> StartAsync(
        World world, TimeProvider clock, params (string Name, string? Value)[] own)
    {
        world.Vault.PutKv("webhooks", new Dictionary<string, string>
        {
            ["alchemy_main"] = $$"""{"webhookId":"{{WebhookId}}","keys":["{{Key}}"]}""",
            ["alchemy_rotating"] = $$"""{"webhookId":"{{WebhookId}}","keys":["{{NextKey}}","{{Key}}"]}""",
            ["alchemy_orders"] = $$"""{"webhookId":"{{WebhookId}}","keys":["{{Key}}"],"network":"MATIC_MAINNET"}""",
            ["alchemy_keyless"] = $$"""{"webhookId":"{{WebhookId}}","keys":[]}""",
            ["alchemy_blank"] = $$"""{"webhookId":"{{WebhookId}}","keys":["{{Key}}",""]}""",
            ["alchemy_torn"] = $$"""{"webhookId":"{{WebhookId}}","ke""",
            ["partner_acme"] = $$"""{"secrets":["{{PartnerSecret}}"]}""",
            ["partner_rotating"] = $$"""{"secrets":["{{NextPartnerSecret}}","{{PartnerSecret}}"]}""",
            ["partner_short"] = """{"secrets":["whsec_c2hvcnQ="]}""",
            ["partner_half"] = $$"""{"secrets":["{{PartnerSecret}}",""]}""",
            ["partner_torn"] = """{"secr""",
        });
        Dictionary<string, string?> settings = [];
        AddChain(settings, 0, 1, "ethereum", "ETH_MAINNET");
        AddChain(settings, 1, 137, "polygon", "MATIC_MAINNET");
        foreach ((string name, string? value) in own)
            settings[name] = value;
        return await FunctionApp.StartAsync<WebhooksFunction>(
            world, new FunctionAppOptions { Settings = settings, Clock = clock }, Token);
    }

    /// <summary>A delivery as Alchemy sends it, with an id of its own unless one is given.</summary>
    internal static string Body(
        string @event, string? id = null, string type = "ADDRESS_ACTIVITY", string? webhookId = null) =>
        $$"""
        {"webhookId":"{{webhookId ?? WebhookId}}","id":"{{id ?? NewId()}}",
        "createdAt":"2026-06-01T12:00:00.411977228Z","type":"{{type}}","event":{{@event}}}
        """;

    internal static string Activity(string blockNumber, string network = "ETH_MAINNET") =>
        $$"""{"network":"{{network}}","activity":[{"blockNum":"{{blockNumber}}","hash":"0x1"}]}""";

    internal static string NewId() => $"whevt_{Guid.NewGuid():N}";

    internal static string Sign(string body, string key = Key) => Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(body)));

    /// <summary>Posts a body, rightly signed unless told otherwise.</summary>
    internal Task<ApiAnswer> PostAsync(
        string body, string hook = "main", string? signature = null, string mediaType = "application/json") =>
        PostAsync(App, body, hook, signature, mediaType);

    internal static async Task<ApiAnswer> PostAsync(
        FunctionApp<WebhooksFunction> app,
        string body,
        string hook = "main",
        string? signature = null,
        string mediaType = "application/json")
    {
        HttpRequestMessage request = new(HttpMethod.Post, $"v1/alchemy/{hook}")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.Add("Content-Type", mediaType);
        request.Headers.TryAddWithoutValidation("X-Alchemy-Signature", signature ?? Sign(body));
        return await app.Anonymous.SendAsync(request, Token);
    }

    /// <summary>Waits until what was announced has left for the broker.</summary>
    internal Task SentAsync() => App.Services.GetRequiredService<Announcer>().Sending;

    /// <summary>How many rows this room's database holds of what came, and of what was announced.</summary>
    internal static async Task<(long Inbox, long Outbox)> CountAsync(FunctionApp<WebhooksFunction> app) => (
        await app.Database.FindAsync<long>("SELECT count(*) FROM inbox", Token),
        await app.Database.FindAsync<long>("SELECT count(*) FROM outbox", Token));

    /// <summary>How many rows the delivery of this id left.</summary>
    internal Task<long> KeptAsync(string id) =>
        App.Database.FindAsync<long>("SELECT count(*) FROM inbox WHERE id = $1 AND consumer = 'webhooks'", Token, id);

    private static void AddChain(Dictionary<string, string?> settings, int place, int id, string name, string network)
    {
        string chain = $"Chains:{place}";
        settings[$"{chain}:Id"] = $"{id}";
        settings[$"{chain}:Name"] = name;
        settings[$"{chain}:AlchemyNetwork"] = $"{name}-mainnet";
        settings[$"{chain}:NotifyNetwork"] = network;
        settings[$"{chain}:RpcUrl"] = "http://127.0.0.1:9/";
        settings[$"{chain}:Seaport"] = "0x0000000000000068F116a894984e2DB1123eB395";
        settings[$"{chain}:ConduitController"] = "0x00000000F9490004C11Cef243f5400493c00Ad63";
    }
}
