using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Local.Servers;
using Souk.Local.StandIns;
using Souk.Platform.Alchemy;
using Souk.Platform.Randomness;

namespace Souk.Platform.Tests.Alchemy;

/// <summary>The production client against the stand-in: batches, and what a node refuses for rate.</summary>
public sealed class AlchemyPaceTests : IAsyncLifetime
{
    private const string Key = "a-key";
    private const string Exceeded = "Your app has exceeded its compute units per second capacity.";

    private static readonly ChainId s_id = new(31337);

    private EvmNode _node = null!;
    private AlchemyStandIn _alchemy = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await EvmNode.StartAsync(new EvmNodeOptions(s_id), Cancelled);
        await _node.MineAsync(40, Cancelled);
        AlchemyNetwork network = new(s_id, "test", "TEST", "ETH", _node.RpcUrl);
        _alchemy = new AlchemyStandIn([network], TimeProvider.System, new AlchemyStandInOptions { BatchMax = 10 });
        await _alchemy.StartAsync(Cancelled);
        _alchemy.AddKey(Key);
    }

    public async ValueTask DisposeAsync()
    {
        await _alchemy.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Matches_a_batch_s_answers_by_id_whatever_their_order()
    {
        using AlchemyClient client = Client(new AlchemyOptions { BatchItemsMax = 5 });

        IReadOnlyList<BlockHeader?> blocks = await client.GetBlocksAsync(Numbers(1, 12), Cancelled);

        Assert.Equal(Enumerable.Range(1, 12).Select(it => (long)it), blocks.Select(block => block!.Number));
    }

    [Fact]
    public async Task Answers_null_for_the_blocks_of_a_batch_that_are_not_there()
    {
        using AlchemyClient client = Client(new AlchemyOptions());

        IReadOnlyList<BlockHeader?> blocks = await client.GetBlocksAsync(
            [BlockReference.At(40), BlockReference.At(41), BlockReference.Latest], Cancelled);

        Assert.Equal([40L, null, 40L], blocks.Select(block => block?.Number));
    }

    [Fact]
    public async Task Does_without_a_tag_that_the_chain_lacks()
    {
        _alchemy.NextRpc("eth_getBlockByNumber", -39001, "Unknown block");
        using AlchemyClient client = Client(new AlchemyOptions());

        IReadOnlyList<BlockHeader?> blocks =
            await client.GetBlocksAsync([BlockReference.Finalized, BlockReference.At(3)], Cancelled);

        Assert.Equal([null, 3L], blocks.Select(block => block?.Number));
    }

    [Theory]
    [InlineData(429, Exceeded)]
    [InlineData(-32000, "Unable to complete request at this time.")]
    public async Task Asks_again_for_what_of_a_batch_was_refused_for_the_moment(int code, string message)
    {
        _alchemy.NextRpc("eth_getBlockByNumber", code, message);
        using AlchemyClient client = Client(Fast());

        IReadOnlyList<BlockHeader?> blocks = await client.GetBlocksAsync(Numbers(1, 4), Cancelled);

        Assert.Equal([1, 2, 3, 4], blocks.Select(block => block!.Number));
    }

    [Fact]
    public async Task Makes_a_batch_smaller_that_the_node_finds_too_large()
    {
        using AlchemyClient client = Client(new AlchemyOptions { BatchItemsMax = 40 });

        IReadOnlyList<BlockHeader?> blocks = await client.GetBlocksAsync(Numbers(1, 40), Cancelled);

        Assert.Equal(40, blocks.Count(block => block is not null));
    }

    [Fact]
    public async Task Waits_as_long_as_a_refusal_for_rate_asks()
    {
        _alchemy.NextRequest(429, TimeSpan.FromSeconds(1));
        using AlchemyClient client = Client(Fast());
        Stopwatch watch = Stopwatch.StartNew();

        Assert.Equal(40, await client.GetBlockNumberAsync(Cancelled));

        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(1), $"It waited {watch.Elapsed}.");
    }

    [Fact]
    public async Task Waits_of_itself_where_a_refusal_for_rate_asks_for_nothing()
    {
        for (int i = 0; i < 4; i++) _alchemy.NextRequest(429);
        _alchemy.NextRpc("eth_blockNumber", 429, Exceeded);
        using AlchemyClient client = Client(Fast());

        Assert.Equal(40, await client.GetBlockNumberAsync(Cancelled));
    }

    [Fact]
    public async Task Says_that_the_node_is_busy_when_it_refuses_for_longer_than_a_read_may_take()
    {
        _alchemy.AddKey(Key, computeUnitsPerSecond: 0);
        AlchemyOptions options = Fast();
        options.TotalTimeout = TimeSpan.FromMilliseconds(300);
        using AlchemyClient client = Client(options);

        FailureException failed =
            await Assert.ThrowsAsync<FailureException>(() => client.GetBlockNumberAsync(Cancelled));

        Assert.Equal(FailureCode.UpstreamUnavailable, failed.Failure.Code);
        Assert.IsType<NodeBusyException>(failed.InnerException);
    }

    [Fact]
    public async Task Gets_a_throttled_node_s_blocks_in_the_end()
    {
        _alchemy.AddKey(Key, computeUnitsPerSecond: 400);
        using AlchemyClient client = Client(Fast());

        IReadOnlyList<BlockHeader?> blocks = await client.GetBlocksAsync(Numbers(1, 40), Cancelled);

        Assert.Equal(40, blocks.Count(block => block is not null));
    }

    private static AlchemyOptions Fast() => new() { RetryDelay = TimeSpan.FromMilliseconds(20) };

    private static BlockReference[] Numbers(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => BlockReference.At(number))];

    private AlchemyClient Client(AlchemyOptions options)
    {
        ChainRegistry chains = ChainRegistry.Create(
            [new ChainOptions { Id = 31337, Name = "local", RpcUrl = _alchemy.RpcUrlOf(s_id).ToString() }]);
        return new AlchemyClient(
            chains.Get(s_id), options, (_, _) => ValueTask.FromResult(Key), TimeProvider.System, EntropySource.System);
    }
}
