using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>What a unit of gas may cost: an EIP-1559 ceiling and tip, never above the configured ones.</summary>
/// <param name="FeePerGas">The most a unit may cost, tip included.</param>
/// <param name="PriorityFeePerGas">The tip.</param>
internal sealed record GasPrice(Wei FeePerGas, Wei PriorityFeePerGas)
{
    /// <summary>How many blocks the tip is read from.</summary>
    private const int BlocksRead = 5;

    /// <summary>The tip that half of the gas of each block paid at least.</summary>
    private const int TipPercentile = 50;

    /// <summary>
    /// Where blocks are too empty to tell a tip, it is as much as the base fee, within these: what nodes ask at least
    /// (Geth's miner.gasprice and op-geth's suggestion), and 1 gwei. On an L2 1 gwei may be a thousand base fees.
    /// </summary>
    private static readonly (Wei Min, Wei Max) s_tipFallback =
        (Wei.FromUlong(1_000_000), Wei.FromUlong(1_000_000_000));

    /// <summary>What the next block asks for a unit, tip included: for less it takes nothing.</summary>
    internal Wei LeastFeePerGas { get; private init; }

    /// <summary>The price under a ceiling of somebody's own; null when the next block alone costs more.</summary>
    internal GasPrice? Within(Wei? feePerGasMax)
    {
        if (feePerGasMax is not { } max || FeePerGas <= max)
            return this;
        return LeastFeePerGas <= max
            ? this with { FeePerGas = max, PriorityFeePerGas = Least(PriorityFeePerGas, max) }
            : null;
    }

    /// <summary>What the chain asks now: twice the next base fee, so that six full blocks may still follow.</summary>
    /// <exception cref="FailureException">
    /// <c>fee_ceiling_exceeded</c>: the next block alone costs more. <c>upstream_unavailable</c>: the node tells no
    /// base fee, or does not know <c>eth_feeHistory</c> (EIP-1559 chains do).
    /// </exception>
    internal static async Task<GasPrice> AskAsync(AlchemyClient node, CancellationToken cancellationToken)
    {
        FeeHistory history = await node.GetFeeHistoryAsync(BlocksRead, [TipPercentile], cancellationToken);
        return Of(history, node.Chain.FeePerGasMax, node.Chain.PriorityFeePerGasMax);
    }

    /// <summary>The price by a history and the ceilings.</summary>
    internal static GasPrice Of(FeeHistory history, Wei feePerGasMax, Wei priorityFeePerGasMax)
    {
        if (history.BaseFees.Count == 0)
        {
            throw new FailureException(new Failure(
                FailureCode.UpstreamUnavailable,
                "The chain's node is unavailable.",
                "eth_feeHistory told no base fee"));
        }

        Wei baseFee = history.BaseFees[^1];
        Wei[] tips =
        [
            .. history.Rewards.Where(row => row.Count > 0).Select(row => row[0]).Where(tip => !tip.IsZero).Order(),
        ];
        Wei asked = tips.Length == 0
            ? Most(s_tipFallback.Min, Least(baseFee, s_tipFallback.Max))
            : tips[tips.Length / 2];
        Wei tip = Least(asked, priorityFeePerGasMax);

        // Compared before they are added: a node may tell numbers whose sum is none.
        if (baseFee > feePerGasMax || tip > feePerGasMax - baseFee)
            throw Exceeded();
        Wei room = feePerGasMax - baseFee - tip;
        return new GasPrice(baseFee + tip + Least(baseFee, room), tip) { LeastFeePerGas = baseFee + tip };
    }

    /// <summary>A price that nodes take in place of an earlier one: an eighth more; Geth asks a tenth.</summary>
    /// <exception cref="FailureException"><c>fee_ceiling_exceeded</c>.</exception>
    internal GasPrice Outbid(TransactionAttempt earlier, Wei feePerGasMax)
    {
        Wei tip = Most(PriorityFeePerGas, Bumped(earlier.PriorityFeePerGas));
        Wei fee = Most(Most(FeePerGas, Bumped(earlier.FeePerGas)), tip);
        return fee <= feePerGasMax ? this with { FeePerGas = fee, PriorityFeePerGas = tip } : throw Exceeded();
    }

    private static Wei Bumped(Wei before) => new(before.Value + (before.Value / 8ul) + UInt256.One);

    private static Wei Least(Wei one, Wei other) => one < other ? one : other;

    private static Wei Most(Wei one, Wei other) => one > other ? one : other;

    private static FailureException Exceeded() =>
        new(FailureCode.FeeCeilingExceeded, "The chain asks more for gas than the ceiling allows.");
}
