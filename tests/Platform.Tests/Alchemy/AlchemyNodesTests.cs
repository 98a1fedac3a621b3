using Microsoft.Extensions.Time.Testing;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Harness;
using Souk.Local.Servers;
using Souk.Local.StandIns;
using Souk.Platform.Alchemy;

namespace Souk.Platform.Tests.Alchemy;

/// <summary>One node behind two endpoints, of which either may fail.</summary>
public sealed class AlchemyNodesTests : IAsyncLifetime
{
    private const string Key = "a-key";

    private static readonly ChainId s_id = new(31337);

    // The first account of the node's well-known seed phrase.
    private static readonly PrivateKey s_account =
        PrivateKey.Parse("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private EvmNode _node = null!;
    private AlchemyStandIn _one = null!;
    private AlchemyStandIn _other = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await EvmNode.StartAsync(new EvmNodeOptions(s_id), Cancelled);
        _one = await StartAsync();
        _other = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Stays_with_one_endpoint_while_it_answers()
    {
        using AlchemyClient client = Client(seed: 1);
        for (int i = 0; i < 20; i++)
            await client.GetBlockNumberAsync(Cancelled);

        Assert.Equal([0, 20], new[] { _one.Calls.Count, _other.Calls.Count }.Order());
    }

    [Fact]
    public async Task Is_drawn_by_weight()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using AlchemyClient client = Client(seed);
            await client.GetBlockNumberAsync(Cancelled);
        }

        // 100 against 25: of 60 draws about 48 and 12.
        Assert.InRange(_other.Calls.Count, 3, 25);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Reads_from_the_other_when_one_speaks_of_its_own_troubles(int status)
    {
        using AlchemyClient client = Client(seed: 1);
        Drawn(client).Next(status);

        Assert.Equal(0, await client.GetBlockNumberAsync(Cancelled));
    }

    [Fact]
    public async Task Leaves_one_that_failed_alone_for_a_while_unless_none_is_left()
    {
        FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
        using AlchemyClient client = Client(seed: 1, clock);
        AlchemyStandIn drawn = Drawn(client);
        AlchemyStandIn spare = drawn == _one ? _other : _one;
        drawn.Next(503);

        await client.GetBlockNumberAsync(Cancelled);
        await client.GetBlockNumberAsync(Cancelled);
        Assert.Equal((1, 2), (drawn.Calls.Count, spare.Calls.Count));

        // Both rest by now: the one that has rested longest is asked before its time.
        spare.Next(503);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await client.GetBlockNumberAsync(Cancelled));
        Assert.Equal((2, 3), (drawn.Calls.Count, spare.Calls.Count));
    }

    [Fact]
    public async Task Says_that_the_chain_is_unavailable_when_both_are()
    {
        using AlchemyClient client = Client(seed: 1);
        _one.Next(503);
        _other.Next(503);

        FailureException failed =
            await Assert.ThrowsAsync<FailureException>(() => client.GetBlockNumberAsync(Cancelled));

        Assert.Equal(FailureCode.UpstreamUnavailable, failed.Failure.Code);
    }

    [Fact]
    public async Task An_error_about_the_chain_is_an_answer_and_no_reason_to_ask_another()
    {
        using AlchemyClient client = Client(seed: 1);
        Drawn(client).NextRpc("eth_getBlockByNumber", -32000, "header not found");

        await Assert.ThrowsAsync<BlockNotFoundException>(
            () => client.GetBlockAsync(BlockReference.Latest, Cancelled));
    }

    [Fact]
    public async Task A_transaction_whose_answer_was_lost_is_found_at_the_other()
    {
        using AlchemyClient client = Client(seed: 1);
        Drawn(client).NextRpc("eth_sendRawTransaction", StandInFault.TimeOutAfterEffect);

        BroadcastResult result = await client.SendRawTransactionAsync(Signed(0), Cancelled);

        Assert.Contains(result.Outcome, new[] { BroadcastOutcome.AlreadyKnown, BroadcastOutcome.NonceTooLow });
        Assert.Equal(1, await client.GetTransactionCountAsync(s_account.Address, BlockReference.Latest, Cancelled));
    }

    [Fact]
    public async Task A_transaction_that_one_turned_away_is_given_to_the_other()
    {
        using AlchemyClient client = Client(seed: 1);
        Drawn(client).NextRpc("eth_sendRawTransaction", 429, "Your app has exceeded its capacity.", status: 429);

        BroadcastResult result = await client.SendRawTransactionAsync(Signed(0), Cancelled);

        Assert.Equal(BroadcastOutcome.Accepted, result.Outcome);
    }

    [Fact]
    public async Task A_doubt_stays_one_while_the_other_only_refuses()
    {
        using AlchemyClient client = Client(seed: 1);
        AlchemyStandIn drawn = Drawn(client);
        AlchemyStandIn spare = drawn == _one ? _other : _one;
        drawn.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);
        spare.NextRpc("eth_sendRawTransaction", -32000, "insufficient funds for gas * price + value");

        BroadcastResult result = await client.SendRawTransactionAsync(Signed(0), Cancelled);

        Assert.Equal(BroadcastOutcome.Unknown, result.Outcome);
    }

    private static async Task<AlchemyStandIn> StartAsync(EvmNode node)
    {
        AlchemyNetwork network = new(s_id, "test", "TEST", "ETH", node.RpcUrl);
        AlchemyStandIn standIn = new([network], TimeProvider.System, new AlchemyStandInOptions());
        await standIn.StartAsync(Cancelled);
        standIn.AddKey(Key);
        return standIn;
    }

    private Task<AlchemyStandIn> StartAsync() => StartAsync(_node);

    /// <summary>The endpoint that a client of this seed draws first: known, as the seed repeats.</summary>
    private AlchemyStandIn Drawn(AlchemyClient client)
    {
        Assert.NotNull(client);
        Span<byte> bytes = stackalloc byte[4];
        new SeededEntropy(1).Fill(bytes);
        return BitConverter.ToUInt32(bytes) % 125 < 100 ? _one : _other;
    }

    private AlchemyClient Client(int seed, TimeProvider? clock = null)
    {
        ChainOptions chain = new()
        {
            Id = (long)s_id.Value,
            Name = "local",
            RpcUrl = _one.RpcUrlOf(s_id).ToString(),
            Nodes = [new NodeOptions { Url = _other.RpcUrlOf(s_id).ToString(), Weight = 25, KeyName = "spare" }],
        };
        return new AlchemyClient(
            ChainRegistry.Create([chain]).Get(s_id),
            new AlchemyOptions { AttemptTimeout = TimeSpan.FromSeconds(2) },
            (_, _) => ValueTask.FromResult(Key),
            clock ?? TimeProvider.System,
            new SeededEntropy(seed));
    }

    private static byte[] Signed(ulong nonce)
    {
        Eip1559Transaction transaction = new(
            s_id, nonce, Wei.FromUlong(1_000_000_000), Wei.FromUlong(30_000_000_000), 21_000, s_account.Address,
            Wei.Zero, ReadOnlyMemory<byte>.Empty);
        return transaction.Encode(s_account.Sign(transaction.SigningHash()));
    }
}
