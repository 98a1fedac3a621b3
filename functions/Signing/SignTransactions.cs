using System.Collections.Concurrent;
using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Has a batch signed, several at a time; what fails does not keep the others from being signed.</summary>
/// <remarks>
/// A crash before the octets are stored finds the rows allocated, and they are signed again with the same nonces. A
/// lost signing answer is asked again: a signature that was never broadcast moves nothing.
/// </remarks>
internal static partial class SignTransactions
{
    /// <summary>How many signatures of one wallet are waited for at once; the provider allows 100 a second.</summary>
    private const int AtOnceMax = 8;

    /// <summary>How long calls may go on once no new one is begun: their answers must still be stored.</summary>
    private static readonly TimeSpan LastCallMax = TimeSpan.FromSeconds(2);

    /// <param name="run">The run.</param>
    /// <param name="unsigned">What to have signed; each may pay the price.</param>
    /// <param name="price">What gas costs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task<SignedBatch> HandleAsync(
        SigningRun run, IReadOnlyList<TransactionRecord> unsigned, GasPrice price, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<TransactionId, SignResult> results = new();
        TimeSpan left = run.End - run.Clock.GetUtcNow();
        using CancellationTokenSource slow = new(left > TimeSpan.Zero ? left + LastCallMax : LastCallMax, run.Clock);
        using CancellationTokenSource calls =
            CancellationTokenSource.CreateLinkedTokenSource(slow.Token, cancellationToken);
        ParallelOptions options = new() { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(unsigned, options, async (record, _) =>
        {
            // Once the run is over what was signed is stored, and the rest is the next run's.
            results[record.Id] = run.IsOver
                ? SignResult.NoAnswer
                : await TrySignAsync(
                    run, record, price.Within(record.FeePerGasMax)!, isCancel: false, calls.Token, cancellationToken);
        });

        foreach (IGrouping<string, TransactionId> lost in results.Where(it => it.Value.Lost is not null)
            .GroupBy(it => it.Value.Lost!, it => it.Key))
        {
            await run.WaitAsync(lost, lost.Key, cancellationToken);
        }

        return new SignedBatch([.. unsigned.Select(it => (it, results[it.Id]))]);
    }

    /// <summary>Asks for one signature, and tells a refusal from an answer that was lost.</summary>
    /// <param name="run">The run.</param>
    /// <param name="record">For what.</param>
    /// <param name="price">The fee.</param>
    /// <param name="isCancel">Whether to pay nothing to the wallet itself in its place.</param>
    /// <param name="callCancelled">Ends the call, as if its answer were lost.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task<SignResult> TrySignAsync(
        SigningRun run,
        TransactionRecord record,
        GasPrice price,
        bool isCancel,
        CancellationToken callCancelled,
        CancellationToken cancellationToken)
    {
        try
        {
            SignedTransaction signed = await run.MetaKeep.SignTransactionAsync(
                run.Credential,
                run.Signer.Address,
                isCancel ? Cancelling(run, record, price) : Asked(record, price),
                isCancel ? $"{record.Id}: cancels it." : $"{record.Id}: {record.Description}",
                callCancelled);
            return new SignResult(Signed: new TransactionAttempt(
                record.Id, 0, record.Nonce, signed.Hash, signed.Raw, price.FeePerGas, price.PriorityFeePerGas,
                isCancel, run.Database.Now, null, null, null));
        }
        catch (MetaKeepRefusedException refused)
        {
            Log.SigningRefused(run.Logger, record.Id, refused.Status);
            return new SignResult(Refused: $"signing_refused: {refused.Status}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SignResult.NoAnswer;
        }
        catch (FailureException failed) when (failed.Failure.Code is FailureCode.UpstreamUnavailable
            or FailureCode.SignerUnavailable)
        {
            Log.NotSigned(run.Logger, record.Id, failed.Failure.Internal ?? failed.Failure.Detail);
            return new SignResult(Lost: WireText.Of(failed.Failure.Code));
        }
    }

    private static Eip1559Transaction Asked(TransactionRecord record, GasPrice price) => new(
        record.ChainId,
        (ulong)record.Nonce!.Value,
        price.PriorityFeePerGas,
        price.FeePerGas,
        (ulong)record.GasLimit,
        record.To,
        record.Value,
        record.Data);

    private static Eip1559Transaction Cancelling(SigningRun run, TransactionRecord record, GasPrice price) =>
        Asked(record, price) with
        {
            GasLimit = RefuseTransaction.PlainPaymentGas,
            To = run.Signer.Address,
            Value = Wei.Zero,
            Data = ReadOnlyMemory<byte>.Empty,
        };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The provider refuses to sign {TransactionId}: {Reason}.")]
        internal static partial void SigningRefused(ILogger logger, TransactionId transactionId, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Could not have {TransactionId} signed: {Reason}")]
        internal static partial void NotSigned(ILogger logger, TransactionId transactionId, string reason);
    }
}

/// <summary>What came of asking for one signature: exactly one of the three.</summary>
/// <param name="Signed">The octets, not stored yet.</param>
/// <param name="Refused">Why the provider will never sign it.</param>
/// <param name="Lost">Why there is no signature now; asking again may bring one.</param>
internal sealed record SignResult(TransactionAttempt? Signed = null, string? Refused = null, string? Lost = null)
{
    /// <summary>The provider's answer did not come.</summary>
    internal static SignResult NoAnswer { get; } = new(Lost: WireText.Of(FailureCode.UpstreamUnavailable));
}

/// <summary>What came of having a batch signed.</summary>
internal sealed record SignedBatch(ImmutableArray<(TransactionRecord Record, SignResult Result)> Results)
{
    /// <summary>
    /// How long a request may hold up the wallet because the provider answers for it alone with errors: later ones were
    /// signed meanwhile.
    /// </summary>
    internal static readonly TimeSpan HoldUpMax = TimeSpan.FromMinutes(5);

    /// <summary>A batch in which nothing was to be signed.</summary>
    internal static SignedBatch Empty { get; } = new([]);

    /// <summary>The moves to Signed, each with its octets.</summary>
    internal IEnumerable<(TransactionStep Step, TransactionAttempt Attempt)> Attempts =>
        from it in Results
        where it.Result.Signed is not null
        select (
            new TransactionStep(
                it.Record,
                it.Record with { Status = TransactionStatus.Signed, Hash = it.Result.Signed!.Hash }),
            it.Result.Signed!);

    /// <summary>Whether the provider failed where asking again soon may help.</summary>
    internal bool HasLostAnswers => Results.Any(it => it.Result.Lost == WireText.Of(FailureCode.UpstreamUnavailable));

    /// <summary>What will never be signed, with its reason, lowest nonce first.</summary>
    /// <param name="unsent">The whole batch, lowest nonce first.</param>
    /// <param name="now">The time.</param>
    internal IEnumerable<(TransactionRecord Record, string Reason)> RefusedIn(
        IReadOnlyList<TransactionRecord> unsent, DateTimeOffset now)
    {
        long highestSigned = unsent.Where(it => it.Status == TransactionStatus.Signed).Max(it => it.Nonce) ?? -1;
        foreach ((TransactionRecord record, SignResult result) in Results)
        {
            if (result.Refused is not null)
                yield return (record, result.Refused);
            else if (result.Lost is not null && record.Nonce < highestSigned && record.UpdatedAt < now - HoldUpMax)
                yield return (record, $"signing_failed: {result.Lost}");
        }
    }
}
