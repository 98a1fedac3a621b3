using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Local.Servers;
using Souk.Local.StandIns;
using Souk.Platform.Alchemy;

namespace Souk.Platform.Tests.Alchemy;

/// <summary>The production client against the stand-in that checks what the vendor checks.</summary>
public sealed class NotifyClientTests : IAsyncLifetime
{
    private static readonly ChainId s_chain = new(137);

    private EvmNode _node = null!;
    private AlchemyStandIn _standIn = null!;
    private NotifyClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await EvmNode.StartAsync(new EvmNodeOptions(s_chain), Cancelled);
        AlchemyNetwork network = new(s_chain, "polygon-mainnet", "MATIC_MAINNET", "POL", _node.RpcUrl);
        _standIn = new AlchemyStandIn([network], TimeProvider.System);
        await _standIn.StartAsync(Cancelled);
        _client = Client(retriesMax: 1);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _standIn.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Lists_webhooks_and_keeps_no_signing_key()
    {
        AlchemyWebhook webhook = await AddAsync(AlchemyWebhookType.NftActivity);

        NotifyHook listed = Assert.Single(await _client.ListAsync(Cancelled));

        Assert.Equal(
            new NotifyHook(webhook.Id, "MATIC_MAINNET", NotifyHook.NftActivity, webhook.Url, IsActive: true), listed);
        Assert.DoesNotContain(webhook.SigningKey, listed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_and_reads_accounts_page_by_page()
    {
        NotifyHook hook = await FindAsync(await AddAsync(AlchemyWebhookType.AddressActivity));
        Watched[] wanted = [.. Enumerable.Range(1, 230).Select(number => Item(number))];

        await _client.ChangeWatchedAsync(hook, [.. wanted, Item(999)], [], Cancelled);
        await _client.ChangeWatchedAsync(hook, [], [Item(999)], Cancelled);
        List<WatchedPage> pages = [await _client.ReadWatchedAsync(hook, null, Cancelled)];
        while (pages[^1].After is { } after) pages.Add(await _client.ReadWatchedAsync(hook, after, Cancelled));

        Assert.Equal([100, 100, 30], pages.Select(page => page.Items.Count));
        Assert.All(pages, page => Assert.Equal(230, page.TotalCount));
        Assert.Equal(wanted.ToHashSet(), pages.SelectMany(page => page.Items).ToHashSet());
    }

    [Fact]
    public async Task Changes_and_reads_collections_and_single_tokens()
    {
        NotifyHook hook = await FindAsync(await AddAsync(AlchemyWebhookType.NftActivity));
        Watched token = new(Item(2).Address, "0x1f");

        await _client.ChangeWatchedAsync(hook, [Item(1), token, Item(3)], [], Cancelled);
        await _client.ChangeWatchedAsync(hook, [], [Item(3)], Cancelled);

        Assert.Equal([Item(1), token], (await _client.ReadWatchedAsync(hook, null, Cancelled)).Items);
    }

    [Fact]
    public async Task Resumes_a_paused_webhook()
    {
        AlchemyWebhook webhook = await AddAsync(AlchemyWebhookType.Custom);
        _standIn.PauseWebhook(webhook);
        NotifyHook paused = await FindAsync(webhook);

        await _client.ResumeAsync(paused, Cancelled);

        Assert.False(paused.IsActive);
        Assert.True((await FindAsync(webhook)).IsActive);
    }

    [Fact]
    public async Task Asks_for_no_more_than_the_vendor_takes_at_once()
    {
        NotifyHook hook = await FindAsync(await AddAsync(AlchemyWebhookType.AddressActivity));
        Watched[] many = [.. Enumerable.Range(0, NotifyClient.ChangesMax + 1).Select(number => Item(number))];

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => _client.ChangeWatchedAsync(hook, many, [], Cancelled));

        await _client.ChangeWatchedAsync(hook, many[1..], many[1..], Cancelled);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_definite_no_is_told_once_without_the_token(int status)
    {
        _standIn.Next(status);

        NotifyRefusedException refused =
            await Assert.ThrowsAsync<NotifyRefusedException>(() => _client.ListAsync(Cancelled));

        Assert.Contains($"HTTP {status}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_standIn.ManagementToken, refused.ToString(), StringComparison.Ordinal);
        Assert.Single(_standIn.Calls);
    }

    [Fact]
    public async Task A_no_carries_the_vendors_words()
    {
        NotifyHook unknown = new("wh_none", "MATIC_MAINNET", NotifyHook.AddressActivity, null, IsActive: false);

        NotifyRefusedException refused = await Assert.ThrowsAsync<NotifyRefusedException>(
            () => _client.ResumeAsync(unknown, Cancelled));

        Assert.Equal("Alchemy refused update-webhook: HTTP 404, Webhook not found.", refused.Message);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_transient_answer_is_asked_for_again(int status)
    {
        _standIn.Next(status);
        await _client.ListAsync(Cancelled);
        _standIn.Next(status);
        _standIn.Next(status);

        FailureException failed = await Assert.ThrowsAsync<FailureException>(() => _client.ListAsync(Cancelled));

        Assert.Equal(FailureCode.UpstreamUnavailable, failed.Failure.Code);
        Assert.Equal($"team-webhooks: HTTP {status}", failed.Failure.Internal);
    }

    [Theory]
    [InlineData(StandInFault.TimeOutBeforeEffect)]
    [InlineData(StandInFault.TimeOutAfterEffect)]
    public async Task A_lost_change_is_made_again_and_stands_once(StandInFault fault)
    {
        AlchemyWebhook webhook = await AddAsync(AlchemyWebhookType.AddressActivity);
        NotifyHook hook = await FindAsync(webhook);
        _standIn.Next(fault);

        await _client.ChangeWatchedAsync(hook, [Item(1)], [], Cancelled);

        Assert.Equal([Item(1).Address.ToLowerHex()], _standIn.WatchedBy(webhook));
    }

    [Fact]
    public async Task Is_unavailable_when_nobody_answers()
    {
        using NotifyClient client = Client(retriesMax: 0, new Uri("http://127.0.0.1:9/api/"));

        FailureException failed = await Assert.ThrowsAsync<FailureException>(() => client.ListAsync(Cancelled));

        Assert.Equal(FailureCode.UpstreamUnavailable, failed.Failure.Code);
    }

    private static Watched Item(int number) => new(Address.Parse($"0x{number:x40}"));

    private async Task<NotifyHook> FindAsync(AlchemyWebhook webhook) =>
        (await _client.ListAsync(Cancelled)).Single(hook => hook.Id == webhook.Id);

    private Task<AlchemyWebhook> AddAsync(string type) => _standIn.CreateWebhookAsync(
        new AlchemyWebhookRequest(_standIn.NetworkOf(s_chain), type, new Uri("http://127.0.0.1:9/hook"))
        {
            Query = "{ block { logs(filter: {}) { data } } }",
            SkipsEmpty = true,
        },
        Cancelled);

    private NotifyClient Client(int retriesMax, Uri? url = null) => new(
        new NotifyOptions
        {
            BaseUrl = url ?? _standIn.ManagementUrl,
            RetriesMax = retriesMax,
            RetryDelay = TimeSpan.FromMilliseconds(1),
        },
        _ => ValueTask.FromResult(_standIn.ManagementToken),
        TimeProvider.System);
}
