using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Tries a call at a node before it is accepted, and says why it would revert.</summary>
internal static class SimulateCall
{
    /// <summary>The most gas one transaction may use (EIP-7825 caps it at 2^24 units).</summary>
    private const long GasLimitMax = 16_000_000;

    /// <exception cref="FailureException"><c>simulation_failed</c>.</exception>
    internal static async Task<SimulationOutcome> HandleAsync(
        Database database,
        AlchemyClient node,
        SignerRecord signer,
        TransactionCall call,
        CancellationToken cancellationToken)
    {
        ChainCall simulated = new(call.To, call.Data) { From = signer.Address, Value = call.Value };
        try
        {
            long gas = await node.EstimateGasAsync(simulated, cancellationToken);
            return node.Chain.GasLimitFor(gas) <= GasLimitMax
                ? new SimulationOutcome(true, gas)
                : throw new FailureException(FailureCode.SimulationFailed, "It needs more gas than a block's share.");
        }
        catch (CallRevertedException reverted)
        {
            byte[] data = await FindRevertDataAsync(node, simulated, reverted, cancellationToken);
            throw new FailureException(
                new Failure(
                    FailureCode.SimulationFailed,
                    await ExplainAsync(database, call, reverted, data, cancellationToken),
                    $"Revert data of {data.Length} octets"),
                reverted);
        }
    }

    /// <summary>Some nodes tell what a call answered to <c>eth_call</c> alone.</summary>
    private static async Task<byte[]> FindRevertDataAsync(
        AlchemyClient node, ChainCall call, CallRevertedException reverted, CancellationToken cancellationToken)
    {
        if (reverted.RevertData.Length > 0 || reverted.Reason is not null)
            return reverted.RevertData;
        try
        {
            await node.CallAsync(call, BlockReference.Latest, cancellationToken);
            return [];
        }
        catch (CallRevertedException again)
        {
            return again.RevertData;
        }
    }

    private static async Task<string> ExplainAsync(
        Database database,
        TransactionCall call,
        CallRevertedException reverted,
        byte[] data,
        CancellationToken cancellationToken)
    {
        if (data.Length == 0 && reverted.Reason is { } reason)
            return $"It would revert: {RevertReason.Clean(reason)}.";

        ContractAbi? contract = call.To is { } to
            ? await database.ReadAsync(
                t => ContractTable.FindAbiAsync(t, call.ChainId, to, cancellationToken), cancellationToken)
            : null;
        return RevertReason.Explain(data, contract);
    }
}
