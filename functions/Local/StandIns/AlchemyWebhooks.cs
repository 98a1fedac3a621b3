using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>What a webhook is to watch.</summary>
/// <param name="Network">The network.</param>
/// <param name="Type">One of <see cref="AlchemyWebhookType"/>.</param>
/// <param name="Url">Where its events go.</param>
public sealed record AlchemyWebhookRequest(AlchemyNetwork Network, string Type, Uri Url)
{
    /// <summary>Watched accounts, for address activity.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Watched contracts, for NFT activity, each with a token's number or null for all; none watches
    /// every contract.</summary>
    public IReadOnlyList<(string Contract, string? TokenId)> NftFilters { get; init; } = [];

    /// <summary>The GraphQL query, for a custom webhook.</summary>
    public string? Query { get; init; }

    /// <summary>Whether a custom webhook is told only of blocks in which its filter matches something.</summary>
    public bool SkipsEmpty { get; init; }
}

/// <summary>The webhooks there are, their watchers, and what each is told.</summary>
internal sealed class AlchemyWebhooks(AlchemyStandInOptions options, TimeProvider clock) : IAsyncDisposable
{
    private const string IdCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";
    // Nine digits of a second, two more than .NET keeps.
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'";

    private const int IdLength = 16;
    private const int KeyLength = 24;

    private readonly Lock _gate = new();
    private readonly List<AlchemyWebhook> _webhooks = [];
    private readonly SemaphoreSlim _watching = new(1);
    private readonly Dictionary<string, AlchemyBlockWatcher> _watchers = [];
    private long _sequence = 10_000_000_578_000_000;

    internal AlchemyDeliveries Deliveries { get; } = new(options, clock);

    internal IReadOnlyList<AlchemyWebhook> All
    {
        get
        {
            lock (_gate) return [.. _webhooks];
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (AlchemyBlockWatcher watcher in _watchers.Values) await watcher.DisposeAsync();
        await Deliveries.DisposeAsync();
        _watching.Dispose();
    }

    internal async Task<AlchemyWebhook> CreateAsync(AlchemyWebhookRequest request, CancellationToken cancellationToken)
    {
        await WatchAsync(request.Network, cancellationToken);
        string id = $"wh_{RandomNumberGenerator.GetString(IdCharacters, IdLength)}";
        string signingKey = $"whsec_{RandomNumberGenerator.GetString(IdCharacters, KeyLength)}";
        AlchemyWebhook webhook = new(id, signingKey, request.Network, request.Type, request.Url)
        {
            Query = request.Query,
            SkipsEmpty = request.SkipsEmpty,
            CreatedAt = clock.GetUtcNow(),
        };
        foreach (string address in request.Addresses) webhook.Addresses.Add(address.ToLowerInvariant());
        foreach ((string contract, string? tokenId) in request.NftFilters)
            webhook.NftFilters.Add((contract.ToLowerInvariant(), tokenId));
        lock (_gate) _webhooks.Add(webhook);
        return webhook;
    }

    internal AlchemyWebhook? Find(string? id)
    {
        lock (_gate) return _webhooks.Find(webhook => webhook.Id == id);
    }

    internal bool Delete(string? id)
    {
        lock (_gate)
        {
            AlchemyWebhook? webhook = _webhooks.Find(one => one.Id == id);
            if (webhook is null) return false;
            webhook.IsActive = false;
            return _webhooks.Remove(webhook);
        }
    }

    /// <summary>Runs a change of a webhook's lists while no block is matched against them.</summary>
    internal void Change(Action change)
    {
        lock (_gate) change();
    }

    internal IReadOnlyList<string> WatchedBy(AlchemyWebhook webhook)
    {
        lock (_gate)
        {
            IEnumerable<string> filters = webhook.NftFilters.Select(
                filter => filter.TokenId is null ? filter.Contract : $"{filter.Contract}/{filter.TokenId}");
            return [.. webhook.Addresses.Concat(filters).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Sends an event as Alchemy wraps it, and answers its id.</summary>
    internal string Send(AlchemyWebhook webhook, JsonObject news, string? type = null)
    {
        string id = $"whevt_{RandomNumberGenerator.GetString(IdCharacters, IdLength)}";
        if (webhook.Type == AlchemyWebhookType.Custom)
            news["sequenceNumber"] = Interlocked.Increment(ref _sequence).ToString(CultureInfo.InvariantCulture);
        JsonObject envelope = new()
        {
            ["webhookId"] = webhook.Id,
            ["id"] = id,
            ["createdAt"] = Now(),
            ["type"] = type ?? webhook.Type,
            ["event"] = news,
        };
        Deliveries.Add(new AlchemyEvent(webhook, id, Encoding.UTF8.GetBytes(envelope.ToJsonString())));
        return id;
    }

    /// <summary>The time of an event, with nine digits of a second.</summary>
    internal string Now() => clock.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture);

    private async Task WatchAsync(AlchemyNetwork network, CancellationToken cancellationToken)
    {
        await _watching.WaitAsync(cancellationToken);
        try
        {
            if (_watchers.ContainsKey(network.Slug)) return;
            AlchemyBlockWatcher watcher = new(network.NodeUrl, options.PollInterval, block => Tell(network, block));
            await watcher.StartAsync(cancellationToken);
            _watchers[network.Slug] = watcher;
        }
        finally
        {
            _watching.Release();
        }
    }

    private void Tell(AlchemyNetwork network, AlchemyBlock block)
    {
        lock (_gate)
        {
            foreach (AlchemyWebhook webhook in _webhooks)
            {
                if (webhook.Network != network || !webhook.IsActive) continue;
                foreach (JsonObject news in AlchemyEvents.Of(webhook, block)) Send(webhook, news);
            }
        }
    }
}
