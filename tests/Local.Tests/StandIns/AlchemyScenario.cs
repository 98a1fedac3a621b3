using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Time.Testing;
using Souk.Domain.Chain;
using Souk.Local.Servers;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.StandIns;

/// <summary>A chain with the demo collection, the stand-in in front of it, and a receiver of its webhooks.</summary>
internal sealed class AlchemyScenario : IAsyncDisposable
{
    public const string Key = "a-key";

    private static readonly TimeSpan s_waitMax = TimeSpan.FromSeconds(20);

    private AlchemyScenario(EvmNode node, DeployedChain chain, AlchemyStandIn alchemy, WebhookReceiver receiver)
    {
        Node = node;
        Chain = chain;
        Alchemy = alchemy;
        Receiver = receiver;
    }

    public EvmNode Node { get; }

    public DeployedChain Chain { get; }

    public AlchemyStandIn Alchemy { get; }

    public WebhookReceiver Receiver { get; }

    public FakeTimeProvider Clock { get; private init; } = null!;

    public HttpClient Http { get; } = new();

    public AlchemyNetwork Network => Alchemy.NetworkOf(Chain.ChainId);

    /// <summary>The chain's height when the scenario began.</summary>
    public ulong Height { get; private init; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<AlchemyScenario> StartAsync(AlchemyStandInOptions? options = null)
    {
        EvmNode node = await EvmNode.StartAsync(new EvmNodeOptions(new ChainId(137)), Cancelled);
        Address owner = node.Accounts[0];
        DeployedChain chain =
            await ChainDeployment.DeployAsync(node, new ChainParties(owner, owner, owner, owner, owner, 0), Cancelled);
        FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
        AlchemyNetwork network = new(chain.ChainId, "polygon-mainnet", "MATIC_MAINNET", "POL", node.RpcUrl);
        AlchemyStandIn alchemy = new([network], clock, options);
        await alchemy.StartAsync(Cancelled);
        alchemy.AddKey(Key);
        WebhookReceiver receiver = new();
        await receiver.StartAsync(Cancelled);
        return new AlchemyScenario(node, chain, alchemy, receiver)
        {
            Clock = clock,
            Height = await node.Rpc.GetBlockNumberAsync(Cancelled),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Alchemy.DisposeAsync();
        await Receiver.DisposeAsync();
        await Node.DisposeAsync();
    }

    public Task<AlchemyWebhook> WatchCollectionAsync() => Alchemy.CreateWebhookAsync(
        new AlchemyWebhookRequest(Network, AlchemyWebhookType.NftActivity, Receiver.Hook)
        {
            NftFilters = [(Chain.Collection.ToString(), null)],
        },
        Cancelled);

    public Task<TransactionHash> MintAsync(ulong tokenId) => SendAsync(
        Chain.Collection, AbiFunction.Parse("mint(address,uint256)").Encode(Node.Accounts[1], tokenId), 0);

    public async Task<TransactionHash> SendAsync(Address to, byte[] data, ulong valueWei)
    {
        JsonObject transaction = new()
        {
            ["from"] = Node.Accounts[0].ToString(),
            ["to"] = to.ToString(),
            ["data"] = Hex.Encode(data),
            ["value"] = ((UInt256)valueWei).ToHexQuantity(),
        };
        string? hash = (await Node.Rpc.SendAsync("eth_sendTransaction", [transaction], Cancelled)).GetString();
        return TransactionHash.Parse(hash!);
    }

    /// <summary>The first delivery that matches, past or to come.</summary>
    public async Task<(AlchemyDelivery Delivery, JsonNode Body)> DeliveredAsync(
        Predicate<AlchemyDelivery>? matches = null)
    {
        AlchemyDelivery delivery = await Alchemy.WaitForDeliveryAsync(matches ?? (_ => true), Cancelled)
            .WaitAsync(s_waitMax, Cancelled);
        return (delivery, JsonNode.Parse(delivery.Body)!);
    }

    public async Task<(int Status, JsonNode Body)> RpcAsync(JsonNode request, string? key = Key)
    {
        using HttpRequestMessage message = new(HttpMethod.Post, Alchemy.RpcUrlOf(Chain.ChainId));
        message.Content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        if (key is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using HttpResponseMessage response = await Http.SendAsync(message, Cancelled);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!);
    }

    public async Task<(int Status, JsonNode Body)> ManageAsync(
        HttpMethod method, string path, JsonObject? body = null, string? token = null)
    {
        using HttpRequestMessage message = new(method, new Uri(Alchemy.Url, $"api/{path}"));
        string text = body?.ToJsonString() ?? "";
        message.Content = new StringContent(text, Encoding.UTF8, "application/json");
        message.Headers.Add("X-Alchemy-Token", token ?? Alchemy.ManagementToken);
        using HttpResponseMessage response = await Http.SendAsync(message, Cancelled);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!);
    }
}

/// <summary>A webhook's receiver that keeps what it was sent; its scripted faults are those of a stand-in.</summary>
internal sealed class WebhookReceiver : StandInServer
{
    private readonly ConcurrentQueue<(string Signature, byte[] Body)> _received = new();

    public Uri Hook => new(Url, "hook");

    /// <summary>What came and was not refused by a scripted fault, oldest first.</summary>
    public IReadOnlyCollection<(string Signature, byte[] Body)> Received => _received;

    protected override Task WriteErrorAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    protected override void Map(IEndpointRouteBuilder routes) => routes.MapPost("/hook", async context =>
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _received.Enqueue((context.Request.Headers["X-Alchemy-Signature"].ToString(), body.ToArray()));
    });
}
