using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.Alchemy;

/// <summary>A webhook as Alchemy lists it, without its signing key.</summary>
/// <param name="Id">Its id, <c>wh_…</c>.</param>
/// <param name="Network">Alchemy's name of its network; null when it names none.</param>
/// <param name="Type">Its kind, such as <see cref="AddressActivity"/>; null for a kind without a name.</param>
/// <param name="Url">Where its events go.</param>
/// <param name="IsActive">False: it is paused, and events are lost until it is resumed.</param>
public sealed record NotifyHook(string Id, string? Network, string? Type, Uri? Url, bool IsActive)
{
    /// <summary>The kind that watches accounts.</summary>
    public const string AddressActivity = "ADDRESS_ACTIVITY";

    /// <summary>The kind that watches collections; without a filter it watches every one of its chain.</summary>
    public const string NftActivity = "NFT_ACTIVITY";

    /// <summary>The kind that asks a query of each block.</summary>
    public const string Custom = "GRAPHQL";
}

/// <summary>What a webhook watches: an account, a collection, or one token of it.</summary>
/// <param name="Address">The account or contract.</param>
/// <param name="TokenId">The token as Alchemy writes it; null for an account and for a whole collection.</param>
public readonly record struct Watched(Address Address, string? TokenId = null);

/// <summary>A page of what a webhook watches.</summary>
/// <param name="Items">At most 100.</param>
/// <param name="After">Where the next page begins; null after the last.</param>
/// <param name="TotalCount">How many there are on all pages; null when it does not say.</param>
public sealed record WatchedPage(IReadOnlyList<Watched> Items, string? After, long? TotalCount);

/// <summary>Manages webhooks at Alchemy; it never creates one, because the signing key would have to be kept.</summary>
/// <remarks>
/// Every call is idempotent and is tried again after a transient answer. All throw <see cref="FailureException"/>
/// with <c>upstream_unavailable</c> for no usable answer, and <see cref="NotifyRefusedException"/> for a definite no.
/// Source: alchemy.com/docs, "Webhooks API endpoints" (read 2026-11).
/// </remarks>
public sealed class NotifyClient : IDisposable
{
    /// <summary>The most additions, and the most removals, of one change.</summary>
    public const int ChangesMax = 500;

    /// <summary>The most that one webhook watches.</summary>
    public const int WatchedMax = 100_000;

    /// <summary>The largest answer read, in bytes: up to 2,000 webhooks, some of them with their addresses.</summary>
    private const int ResponseBytesMax = 16 * 1024 * 1024;

    private readonly Func<CancellationToken, ValueTask<string>> _token;
    private readonly OutboundHttp _http;

    /// <summary>A client of the interface that <paramref name="options"/> name.</summary>
    /// <param name="options">Where it is, time-outs and limits.</param>
    /// <param name="token">The team's token, read anew for each call so that a rotated one is used at once.</param>
    /// <param name="clock">What time-outs and retries go by.</param>
    public NotifyClient(
        NotifyOptions options, Func<CancellationToken, ValueTask<string>> token, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        _token = token;
        _http = new OutboundHttp(
            new OutboundHttpPolicy(
                "alchemy notify",
                options.BaseUrl,
                options.AttemptTimeout,
                options.TotalTimeout,
                options.RetriesMax,
                options.RetryDelay,
                ResponseBytesMax),
            clock);
    }

    /// <summary>The team's webhooks on all networks, at most 2,000.</summary>
    public async Task<IReadOnlyList<NotifyHook>> ListAsync(CancellationToken cancellationToken)
    {
        NotifyMessages.WebhookList list = await ReadAsync(
            "team-webhooks", NotifyJson.Default.WebhookList, cancellationToken);
        return [.. list.Data.Select(it => new NotifyHook(
            it.Id,
            it.Network,
            it.WebhookType,
            Uri.TryCreate(it.WebhookUrl, UriKind.Absolute, out Uri? url) ? url : null,
            it.IsActive))];
    }

    /// <summary>Has a paused webhook tell events again, those of blocks mined from now on.</summary>
    public Task ResumeAsync(NotifyHook hook, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(hook);
        return ChangeAsync(
            HttpMethod.Put,
            "update-webhook",
            new NotifyMessages.StatusChange(hook.Id, IsActive: true),
            NotifyJson.Default.StatusChange,
            cancellationToken);
    }

    /// <summary>Reads a page of what a webhook of accounts or of collections watches.</summary>
    /// <param name="hook">The webhook.</param>
    /// <param name="after">Where the page begins; null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<WatchedPage> ReadWatchedAsync(
        NotifyHook hook, string? after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(hook);
        string path = hook.Type == NotifyHook.NftActivity ? "webhook-nft-filters" : "webhook-addresses";
        string query = $"{path}?webhook_id={Uri.EscapeDataString(hook.Id)}&limit=100"
            + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}");
        try
        {
            if (hook.Type == NotifyHook.NftActivity)
            {
                NotifyMessages.NftFilterPage filters = await ReadAsync(
                    query, NotifyJson.Default.NftFilterPage, cancellationToken);
                return Page(
                    filters.Data.Select(it => NotifyMessages.Read(it.ContractAddress, it.TokenId)), filters.Pagination);
            }

            NotifyMessages.AddressPage addresses = await ReadAsync(
                query, NotifyJson.Default.AddressPage, cancellationToken);
            return Page(addresses.Data.Select(it => NotifyMessages.Read(it)), addresses.Pagination);
        }
        catch (FormatException exception)
        {
            throw NotifyFailures.Unavailable(path, "an address of its answer is none", exception);
        }
    }

    /// <summary>Changes what a webhook of accounts or of collections watches.</summary>
    /// <param name="hook">The webhook.</param>
    /// <param name="added">What it is to watch, at most <see cref="ChangesMax"/>.</param>
    /// <param name="removed">What it is to watch no longer, at most <see cref="ChangesMax"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task ChangeWatchedAsync(
        NotifyHook hook,
        IReadOnlyCollection<Watched> added,
        IReadOnlyCollection<Watched> removed,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(hook);
        ArgumentNullException.ThrowIfNull(added);
        ArgumentNullException.ThrowIfNull(removed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(added.Count, removed.Count), ChangesMax);
        return hook.Type == NotifyHook.NftActivity
            ? ChangeAsync(
                HttpMethod.Patch,
                "update-webhook-nft-filters",
                new NotifyMessages.NftFilterChange(
                    hook.Id, [.. added.Select(NotifyMessages.Filter)], [.. removed.Select(NotifyMessages.Filter)]),
                NotifyJson.Default.NftFilterChange,
                cancellationToken)
            : ChangeAsync(
                HttpMethod.Patch,
                "update-webhook-addresses",
                new NotifyMessages.AddressChange(
                    hook.Id,
                    [.. added.Select(it => it.Address.ToLowerHex())],
                    [.. removed.Select(it => it.Address.ToLowerHex())]),
                NotifyJson.Default.AddressChange,
                cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static WatchedPage Page(IEnumerable<Watched> items, NotifyMessages.Pagination? pagination) => new(
        [.. items],
        pagination?.Cursors?.After is { Length: > 0 } after ? after : null,
        pagination?.TotalCount);

    private async Task<T> ReadAsync<T>(string path, JsonTypeInfo<T> json, CancellationToken cancellationToken)
        where T : class
    {
        byte[] answer = await SendAsync(HttpMethod.Get, path, body: null, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(answer, json)
                ?? throw NotifyFailures.Unavailable(OperationOf(path), "its answer is null");
        }
        catch (JsonException exception)
        {
            throw NotifyFailures.Unavailable(
                OperationOf(path), "its answer has not the shape agreed", exception);
        }
    }

    private Task ChangeAsync<T>(
        HttpMethod method, string path, T change, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        SendAsync(method, path, JsonSerializer.SerializeToUtf8Bytes(change, json), cancellationToken);

    private async Task<byte[]> SendAsync(
        HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        string token = await _token(cancellationToken);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(
                () => Message(method, path, body, token), cancellationToken);
            byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.StatusCode == HttpStatusCode.OK
                ? answer
                : throw NotifyFailures.From(OperationOf(path), response.StatusCode, answer);
        }
        catch (OutboundLostException exception)
        {
            throw NotifyFailures.Unavailable(OperationOf(path), "no answer", exception);
        }
    }

    private static string OperationOf(string path) => path.Split('?')[0];

    private static HttpRequestMessage Message(HttpMethod method, string path, byte[]? body, string token)
    {
        HttpRequestMessage message = new(method, path);
        message.Headers.Add("X-Alchemy-Token", token);
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return message;
    }
}
