using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;

namespace Souk.Local.StandIns;

/// <summary>Alchemy on loopback: JSON-RPC in front of our nodes, webhooks with signed deliveries, and the interface
/// that manages them.</summary>
/// <remarks>
/// Copies: <c>POST /v2/&lt;network&gt;</c> with the key as a Bearer token (or <c>/v2/&lt;network&gt;/&lt;key&gt;</c>),
/// batches, compute units per second, eth_getLogs limits and error answers; webhooks of the types
/// <see cref="AlchemyWebhookType"/> with their signature, retries, pause and at-least-once order; <c>/api/*</c> with
/// <c>X-Alchemy-Token</c>. Source: alchemyplatform/docs (June 2025) and alchemy-sdk-js (August 2025).
/// <para>Known to differ: one server stands for all hosts, so the network's name is in the path; no WebSocket, NFT,
/// transfer or simulation interfaces; no internal transfers in address activity, and neither symbols nor decimals of
/// tokens; native transfers of zero are left out; a custom webhook's answer has always the same members, whatever its
/// query asks, and only the query's log filter is read; retry waits are 1/75 of Alchemy's; how many failures pause a
/// webhook is our choice. The nodes accept replacements that raise the fee by less than 10 %, and lose orphaned
/// transactions in a reorg.</para>
/// </remarks>
public sealed class AlchemyStandIn : StandInServer
{
    private readonly AlchemyNetwork[] _networks;
    private readonly AlchemyJsonRpc _rpc;
    private readonly AlchemyWebhooks _webhooks;
    private readonly AlchemyManagement _management;

    /// <summary>A stand-in for these networks; it listens once started.</summary>
    /// <param name="networks">The networks and their nodes.</param>
    /// <param name="clock">What limits, retries and the times it tells go by.</param>
    /// <param name="options">Waits and limits.</param>
    public AlchemyStandIn(
        IReadOnlyList<AlchemyNetwork> networks, TimeProvider clock, AlchemyStandInOptions? options = null)
    {
        options ??= new AlchemyStandInOptions();
        _networks = [.. networks];
        Dictionary<string, AlchemyNetwork> bySlug = _networks.ToDictionary(network => network.Slug);
        _rpc = new AlchemyJsonRpc(bySlug, options, clock);
        _webhooks = new AlchemyWebhooks(options, clock);
        _management = new AlchemyManagement(bySlug, _webhooks, () => ManagementToken);
    }

    /// <summary>The team's token for <c>/api</c>; another one turns away who has the old.</summary>
    public string ManagementToken { get; set; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The webhooks there are, oldest first.</summary>
    public IReadOnlyList<AlchemyWebhook> Webhooks => _webhooks.All;

    /// <summary>The attempts to deliver so far, oldest first, at most 10,000.</summary>
    public IReadOnlyList<AlchemyDelivery> Deliveries => _webhooks.Deliveries.Records;

    /// <summary>Where webhooks are managed.</summary>
    public Uri ManagementUrl => new(Url, "api/");

    /// <summary>Where a chain's node is asked.</summary>
    public Uri RpcUrlOf(ChainId chain) => new(Url, $"v2/{NetworkOf(chain).Slug}");

    /// <summary>A chain's network.</summary>
    public AlchemyNetwork NetworkOf(ChainId chain) => _networks.Single(network => network.ChainId == chain);

    /// <summary>Lets calls with this key in, up to a throughput. Alchemy's free plan has 500 units a second.</summary>
    public void AddKey(string key, int computeUnitsPerSecond = int.MaxValue) =>
        _rpc.Keys[key] = new AlchemyKey(computeUnitsPerSecond);

    /// <summary>Refuses calls with this key with 401 from now on.</summary>
    public void RemoveKey(string key) => _rpc.Keys.TryRemove(key, out _);

    /// <summary>Refuses calls with this key with 403, or stops doing so.</summary>
    public void SetOverCapacity(string key, bool isOver) => _rpc.Keys[key].IsOverCapacity = isOver;

    /// <summary>The next call of this method is lost, before or after the node has it.</summary>
    public void NextRpc(string method, StandInFault fault) => _rpc.Script.Add(new AlchemyRpcStep(method, fault, null));

    /// <summary>The next call of this method is answered with an error and never reaches the node.</summary>
    public void NextRpc(string method, int code, string message, int status = StatusCodes.Status200OK) =>
        _rpc.Script.Add(new AlchemyRpcStep(method, null, id => (status, AlchemyRpcErrors.Make(id, code, message))));

    /// <summary>The next call of this method is answered with null, as a node does that lags behind.</summary>
    public void NextRpcNull(string method) => _rpc.Script.Add(new AlchemyRpcStep(
        method, null, id => (StatusCodes.Status200OK, new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = id?.DeepClone(),
            ["result"] = null,
        })));

    /// <summary>The next call of this method does its work, and is answered with an error all the same.</summary>
    public void NextRpcLie(string method, int code, string message) => NextRpc(method, answer =>
    {
        answer.AsObject().Remove("result");
        answer["error"] = new JsonObject { ["code"] = code, ["message"] = message };
    });

    /// <summary>No call meets a fault any more that was scripted before.</summary>
    public void EndRpcFaults() => _rpc.Script.Clear();

    /// <summary>The node's next answer to this method is rewritten on its way.</summary>
    public void NextRpc(string method, Action<JsonNode> rewrite) =>
        _rpc.Script.Add(new AlchemyRpcStep(method, null, null, rewrite));

    /// <summary>Something happens on the chain right before the node's next answer to this method.</summary>
    public void NextRpc(string method, Func<Task> before) =>
        _rpc.Script.Add(new AlchemyRpcStep(method, null, null, Before: before));

    /// <summary>How many ranges of logs were refused for their length so far.</summary>
    public int RangesRefused => _rpc.RangesRefused;

    /// <summary>The next request, a batch or not, is refused with this status before it is read.</summary>
    public void NextRequest(int status, TimeSpan? retryAfter = null) =>
        _rpc.Script.Refuse(new AlchemyRefusedRequest(status, retryAfter));

    /// <summary>From now on every so many calls meet a node of the pool that knows no block above this one.</summary>
    public void LagBehind(ChainId chain, ulong head, int everyNth = 1) =>
        _rpc.Lagging[NetworkOf(chain).Slug] = new AlchemyLaggingNode(head, everyNth);

    /// <summary>All nodes of the chain's pool know its newest block again.</summary>
    public void CatchUp(ChainId chain) => _rpc.Lagging.TryRemove(NetworkOf(chain).Slug, out _);

    /// <summary>Creates a webhook; it is told of every block mined from now on.</summary>
    public Task<AlchemyWebhook> CreateWebhookAsync(
        AlchemyWebhookRequest request, CancellationToken cancellationToken) =>
        _webhooks.CreateAsync(request, cancellationToken);

    /// <summary>What a webhook watches, in order: accounts, or contracts with <c>/token</c> where it is one token.
    /// </summary>
    public IReadOnlyList<string> WatchedBy(AlchemyWebhook webhook) => _webhooks.WatchedBy(webhook);

    /// <summary>Pauses a webhook, as Alchemy does with one whose receiver keeps failing.</summary>
    public void PauseWebhook(AlchemyWebhook webhook) => _webhooks.Change(() => webhook.IsActive = false);

    /// <summary>Deletes a webhook, as somebody may at the dashboard.</summary>
    public void DeleteWebhook(AlchemyWebhook webhook) => _webhooks.Delete(webhook.Id);

    /// <summary>The next event (of this webhook) meets this fault.</summary>
    public void NextDelivery(AlchemyDeliveryFault fault, string? webhookId = null) =>
        _webhooks.Deliveries.Script(fault, webhookId);

    /// <summary>Says what each event meets for which <see cref="NextDelivery"/> has nothing; null: all pass.</summary>
    public void SetDeliveryWeather(Func<AlchemyDeliveryFault?>? weather) => _webhooks.Deliveries.Weather = weather;

    /// <summary>Sends an event of a test's own making, wrapped and signed; answers its id.</summary>
    public string Send(AlchemyWebhook webhook, JsonObject news) => _webhooks.Send(webhook, news);

    /// <summary>Sends an event of a kind that nobody knows yet; answers its id.</summary>
    public string SendUnknown(AlchemyWebhook webhook, string type, JsonObject news) =>
        _webhooks.Send(webhook, news, type);

    /// <summary>Says of a transaction, as a node tells it, that it left the pool.</summary>
    public string SendDropped(AlchemyWebhook webhook, JsonObject transaction)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        return _webhooks.Send(webhook, AlchemyNotices.Dropped(webhook.Network, transaction));
    }

    /// <summary>Says that a token's metadata changed.</summary>
    public string SendMetadataUpdate(AlchemyWebhook webhook, string contract, string tokenId)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        return _webhooks.Send(
            webhook, AlchemyNotices.MetadataUpdated(webhook.Network, contract, tokenId, _webhooks.Now()));
    }

    /// <summary>Says of activity that was told that its logs are off the chain.</summary>
    /// <param name="webhook">Whom it was told.</param>
    /// <param name="news">What was told: the event of an earlier delivery.</param>
    public string SendRemoved(AlchemyWebhook webhook, JsonObject news) =>
        _webhooks.Send(webhook, AlchemyNotices.Removed(news));

    /// <summary>Sends what Alchemy sends in place of events once the month's compute units are used up.</summary>
    public string SendCapacityError(AlchemyWebhook webhook) => _webhooks.Send(
        webhook, new JsonObject { ["error"] = "Monthly capacity limit exceeded. Visit the dashboard to upgrade." });

    /// <summary>Waits for an attempt to deliver that has been answered or given up, also a past one.</summary>
    public Task<AlchemyDelivery> WaitForDeliveryAsync(
        Predicate<AlchemyDelivery> matches, CancellationToken cancellationToken) =>
        _webhooks.Deliveries.WaitForAsync(matches, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _webhooks.DisposeAsync();
        await base.DisposeAsync();
        _rpc.Dispose();
    }

    /// <inheritdoc/>
    protected override Task WriteErrorAsync(HttpContext context, int status) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
            ? AlchemyManagement.WriteErrorAsync(context, status)
            : AlchemyJsonRpc.WriteErrorAsync(context, status);

    /// <inheritdoc/>
    protected override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v2/{network}/{key?}", _rpc.HandleAsync);
        _management.Map(routes);
    }
}
