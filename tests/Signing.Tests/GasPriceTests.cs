using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;

namespace Souk.Signing.Tests;

/// <summary>What a chain's fee history comes to, in wei a unit of gas.</summary>
public sealed class GasPriceTests
{
    private const ulong Gwei = 1_000_000_000;
    private static readonly Wei s_feeMax = Wei.FromUlong(500 * Gwei);
    private static readonly Wei s_tipMax = Wei.FromUlong(5 * Gwei);
    private static readonly Wei s_most = new(UInt256.MaxValue);

    [Fact]
    public void Leaves_room_for_a_base_fee_twice_as_high() =>
        AssertAsks(62, 2, Of([10 * Gwei, 30 * Gwei], [2 * Gwei]));

    [Fact]
    public void Takes_the_tip_in_the_middle_so_that_one_blocks_spike_is_nobodys() =>
        AssertAsks(22, 2, Of([10 * Gwei], [1 * Gwei, 2 * Gwei, 400 * Gwei]));

    [Fact]
    public void Never_tips_more_than_its_ceiling() =>
        AssertAsks(25, 5, Of([10 * Gwei], [90 * Gwei, 90 * Gwei]));

    // The tip where none is told: as much as the base fee, from a thousandth of a gwei to one.
    [Theory]
    [InlineData(30 * Gwei, Gwei)]
    [InlineData(Gwei / 100, Gwei / 100)]
    [InlineData(300, Gwei / 1_000)]
    [InlineData(0, Gwei / 1_000)]
    public void Tips_by_the_base_fee_where_blocks_are_too_empty_to_tell(ulong baseFee, ulong tip)
    {
        Assert.Equal(Wei.FromUlong(tip), Of([baseFee], []).PriorityFeePerGas);
        Assert.Equal(Wei.FromUlong((2 * baseFee) + tip), Of([baseFee], [0, 0]).FeePerGas);
    }

    [Fact]
    public void Tells_no_tip_from_rows_without_any() => Assert.Equal(
        Wei.FromUlong(Gwei),
        GasPrice.Of(new FeeHistory(1, [Wei.FromUlong(9 * Gwei)], [[], []]), s_feeMax, s_tipMax).PriorityFeePerGas);

    [Fact]
    public void Never_asks_for_more_than_its_ceiling_though_the_next_block_costs_less() =>
        AssertAsks(500, 2, Of([300 * Gwei], [2 * Gwei]));

    [Fact]
    public void Takes_a_next_block_that_costs_exactly_the_ceiling() =>
        AssertAsks(500, 2, Of([498 * Gwei], [2 * Gwei]));

    [Theory]
    [InlineData(499)]
    [InlineData(501)]
    [InlineData(5_000_000)]
    public void Waits_where_the_next_block_alone_costs_more_than_the_ceiling(ulong gwei) =>
        Assert.Equal(
            FailureCode.FeeCeilingExceeded,
            Assert.Throws<FailureException>(() => Of([gwei * Gwei], [2 * Gwei])).Failure.Code);

    [Fact]
    public void Waits_where_a_node_tells_numbers_whose_sum_is_none()
    {
        FeeHistory absurd = new(1, [s_most], [[s_most]]);

        FailureException failed =
            Assert.Throws<FailureException>(() => GasPrice.Of(absurd, s_feeMax, s_tipMax));

        Assert.Equal(FailureCode.FeeCeilingExceeded, failed.Failure.Code);
        Assert.Equal(s_most, GasPrice.Of(absurd, s_most, Wei.Zero).FeePerGas);
    }

    [Fact]
    public void Says_so_where_a_node_tells_no_base_fee()
    {
        FailureException failed = Assert.Throws<FailureException>(() => Of([], []));

        Assert.Equal(FailureCode.UpstreamUnavailable, failed.Failure.Code);
        Assert.Contains("eth_feeHistory", failed.Failure.Internal, StringComparison.Ordinal);
    }

    private static GasPrice Of(ulong[] baseFees, ulong[] tips) => GasPrice.Of(
        new FeeHistory(1, [.. baseFees.Select(Wei.FromUlong)], [.. tips.Select(tip => (Wei[])[Wei.FromUlong(tip)])]),
        s_feeMax,
        s_tipMax);

    private static void AssertAsks(ulong feeGwei, ulong tipGwei, GasPrice price) => Assert.Equal(
        (Wei.FromUlong(feeGwei * Gwei), Wei.FromUlong(tipGwei * Gwei)), (price.FeePerGas, price.PriorityFeePerGas));
}
