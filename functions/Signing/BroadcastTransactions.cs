using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Gives stored octets to a node in the order of their nonces, and writes down what became of all.</summary>
/// <remarks>
/// That a node is about to see them was written first, so that after a crash nobody believes their nonces to be free.
/// The same octets may be sent any number of times: only one transaction comes of it. So a crash before the answers are
/// written costs nothing: the octets are sent again.
/// </remarks>
internal static partial class BroadcastTransactions
{
    /// <summary>How often one run raises the fee of one transaction before it waits.</summary>
    private const int OutbidsMax = 3;

    /// <returns>How many moved on, and whether more may follow.</returns>
    internal static async Task<(int Sent, StepOutcome Outcome)> HandleAsync(
        SigningRun run,
        IReadOnlyList<TransactionRecord> unsent,
        IReadOnlyList<TransactionAttempt> given,
        CancellationToken cancellationToken)
    {
        Dictionary<TransactionId, TransactionAttempt> octets = given.ToDictionary(it => it.TransactionId);
        List<Answered> answers = [];
        foreach (TransactionRecord record in unsent.Where(it => octets.ContainsKey(it.Id)))
        {
            if (run.IsOver)
                break;
            TransactionAttempt attempt = octets[record.Id];
            TransactionRecord signed = record with { Status = TransactionStatus.Signed, Hash = attempt.Hash };
            Answered answer = await SendAsync(run, signed, attempt, cancellationToken);
            answers.Add(answer);
            if (answer.MovesTo is null)
                break;
        }

        return answers.Count == 0
            ? (0, StepOutcome.Moved)
            : (await RecordAsync(run, answers, cancellationToken), Outcome(answers[^1]));
    }

    /// <summary>Gives octets to the node, dearer ones if these are too cheap.</summary>
    internal static async Task<Answered> SendAsync(
        SigningRun run, TransactionRecord standing, TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        for (int outbids = 0; ; outbids++)
        {
            BroadcastResult result = await run.Node.SendRawTransactionAsync(attempt.Raw, cancellationToken);
            if (!IsTooCheap(result.Outcome, attempt) || outbids == OutbidsMax)
                return new Answered(standing, attempt, result);

            TransactionAttempt? dearer = await OutbidTransactions.SignAgainAsync(
                run, standing, attempt.IsCancel, WireText.Of(result.Outcome), cancellationToken);
            if (dearer is null)
                return new Answered(standing, attempt, result) { IsNoted = true };
            (attempt, standing) = (dearer, standing with { Hash = dearer.Hash });
        }
    }

    /// <summary>Writes down what the node said, and the moves that follow from it, in one unit of work.</summary>
    /// <returns>How many moved.</returns>
    internal static Task<int> RecordAsync(
        SigningRun run, IReadOnlyList<Answered> answers, CancellationToken cancellationToken)
    {
        foreach (Answered answer in answers)
            Tell(run, answer);
        return run.WriteAsync(
            async transaction =>
            {
                await TransactionAttemptTable.AnsweredAsync(
                    transaction,
                    [.. answers.Select(it => (it.Attempt, WireText.Of(it.Result.Outcome)))],
                    cancellationToken);
                TransactionStep[] steps =
                [
                    .. from it in answers
                    where it.IsNews
                    select new TransactionStep(
                        it.Standing, it.Standing with { Status = it.MovesTo!.Value, Reason = it.Reason }),
                ];
                List<TransactionRecord> moved =
                    await TransactionMoves.MoveManyAsync(transaction, steps, cancellationToken);
                foreach (Answered answer in answers)
                    await NoteAsync(transaction, answer, moved, cancellationToken);
                return moved.Count;
            },
            cancellationToken);
    }

    /// <summary>
    /// What a node refuses for good is cancelled, for nodes lie and err: whether it or what cancels it takes the nonce,
    /// the chain decides.
    /// </summary>
    private static async Task NoteAsync(
        Transaction transaction, Answered answer, List<TransactionRecord> moved, CancellationToken cancellationToken)
    {
        string outcome = WireText.Of(answer.Result.Outcome);
        if (answer is { MovesTo: null, IsNoted: false })
        {
            await TransactionMoves.WaitAsync(transaction, [answer.Standing.Id], outcome, cancellationToken);
        }
        else if (answer.Result.Outcome == BroadcastOutcome.Refused
            && answer.Standing is { IsFiller: false, Wish: not TransactionWish.Cancel }
            && moved.Find(it => it.Id == answer.Standing.Id) is { } refused)
        {
            await TransactionMoves.WishAsync(
                transaction, refused, TransactionWish.Cancel, "broadcast_refused", cancellationToken);
        }
    }

    private static bool IsTooCheap(BroadcastOutcome outcome, TransactionAttempt attempt) =>
        outcome is BroadcastOutcome.Underpriced or BroadcastOutcome.FeeCapTooLow
        // Nobody of ours is there to be outbid by a first signature: whoever is, the chain tells.
        || (outcome == BroadcastOutcome.ReplacementUnderpriced && attempt.Number > 1);

    private static StepOutcome Outcome(Answered last) => last switch
    {
        { MovesTo: not null } => StepOutcome.Moved,
        { Result.Outcome: BroadcastOutcome.NotTaken } => StepOutcome.TryAgain,
        _ => StepOutcome.Waits,
    };

    private static void Tell(SigningRun run, Answered it)
    {
        if (it.Result.Outcome == BroadcastOutcome.Refused)
            Log.Refused(run.Logger, it.Standing.Id, it.Result.NodeText);
        else if (it.MovesTo == TransactionStatus.Unknown)
            Log.InDoubt(run.Logger, it.Standing.Id, it.Result.Outcome);
        else if (it.MovesTo is null)
            Log.NotTaken(run.Logger, it.Standing.Id, it.Result.Outcome, it.Result.NodeText);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Whether a node has {TransactionId} is in doubt: {Outcome}.")]
        internal static partial void InDoubt(ILogger logger, TransactionId transactionId, BroadcastOutcome outcome);

        [LoggerMessage(2, LogLevel.Error, "The node refuses {TransactionId} for good: {NodeText}")]
        internal static partial void Refused(ILogger logger, TransactionId transactionId, string? nodeText);

        [LoggerMessage(3, LogLevel.Warning, "The node did not take {TransactionId}, {Outcome}: {NodeText}")]
        internal static partial void NotTaken(
            ILogger logger, TransactionId transactionId, BroadcastOutcome outcome, string? nodeText);
    }
}

/// <summary>What a node said to octets.</summary>
/// <param name="Standing">Their transaction as it stood.</param>
/// <param name="Attempt">The octets.</param>
/// <param name="Result">What the node said.</param>
internal sealed record Answered(TransactionRecord Standing, TransactionAttempt Attempt, BroadcastResult Result)
{
    /// <summary>Where the transaction stands by it; null: where it stood, and those after it wait.</summary>
    internal TransactionStatus? MovesTo => Result.Outcome switch
    {
        BroadcastOutcome.Accepted or BroadcastOutcome.AlreadyKnown => TransactionStatus.Broadcast,
        // The nonce or the answer is taken by something we cannot see from here: the chain tells.
        BroadcastOutcome.Unknown or BroadcastOutcome.NonceTooLow or BroadcastOutcome.Refused =>
            TransactionStatus.Unknown,
        BroadcastOutcome.ReplacementUnderpriced when Attempt.Number == 1 => TransactionStatus.Unknown,
        _ => null,
    };

    /// <summary>Whether it moves: what a node has taken once is not in doubt because a dearer one was not.</summary>
    internal bool IsNews => MovesTo is not null && MovesTo != Standing.Status
        && (MovesTo == TransactionStatus.Broadcast || Standing.Status == TransactionStatus.Signed);

    /// <summary>Whether what it waits for was written down already.</summary>
    internal bool IsNoted { get; init; }

    /// <summary>Why it stands there; null for one that the node took.</summary>
    internal string? Reason => MovesTo == TransactionStatus.Unknown ? WireText.Of(Result.Outcome) : null;
}
