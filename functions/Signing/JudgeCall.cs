using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Judges calls by the policies in force, and counts what they allow.</summary>
/// <remarks>
/// A cap is kept twice. When a transaction is accepted: so that who asks for too much is told at once. And when it
/// takes its nonce: for what waited an hour may be sent in a minute, and only what is sent moves money. In both the
/// sums are read and added to under a lock that is held until the commit. Replacing a transaction keeps its nonce and
/// so its share; asking again is answered by the idempotency key; what ends unmined gives its share back.
/// The engine is kept in memory until time, or the policies' revision read in the same unit of work, ends it.
/// </remarks>
internal sealed class JudgeCall
{
    /// <summary>How long what a rule allowed waits once its cap is reached, until it is looked at again.</summary>
    private static readonly TimeSpan HoldMax = TimeSpan.FromSeconds(30);

    /// <summary>The longest reason that a transaction keeps, in characters.</summary>
    private const int ReasonLengthMax = 200;

    private volatile Known? _known;

    /// <summary>What the policy would say now; nothing is counted.</summary>
    internal async Task<PolicyVerdict> JudgeAsync(
        Transaction transaction, TransactionCall call, CancellationToken cancellationToken)
    {
        PolicyEngine engine = await GetEngineAsync(transaction, cancellationToken);
        PolicyUsages usages = await PolicyUsageTable.FindAsync(
            transaction, UsagePhase.Accepted, engine.Candidates(call), call.Signer, cancellationToken);
        return engine.Evaluate(call, usages, transaction.Now);
    }

    /// <summary>As <see cref="JudgeAsync"/>, before the call is simulated: all but that must be right.</summary>
    /// <exception cref="FailureException"><c>policy_denied</c>.</exception>
    internal async Task<PolicyVerdict> ExpectAsync(
        Transaction transaction, TransactionCall call, CancellationToken cancellationToken)
    {
        PolicyVerdict verdict = await JudgeAsync(transaction, call, cancellationToken);
        return verdict.IsAllowed || verdict.WantsSimulation ? verdict : throw Denied(verdict);
    }

    /// <summary>Judges a call in the unit of work that accepts it, and counts it.</summary>
    /// <param name="transaction">The unit of work; the transaction's row follows in it.</param>
    /// <param name="id">The transaction that the call becomes.</param>
    /// <param name="call">The call, simulated.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException"><c>policy_denied</c>.</exception>
    internal async Task<PolicyVerdict> ChargeAsync(
        Transaction transaction, TransactionId id, TransactionCall call, CancellationToken cancellationToken)
    {
        await PolicyTable.ShareLockAsync(transaction, cancellationToken);
        PolicyEngine engine = await GetEngineAsync(transaction, cancellationToken);
        IReadOnlyList<PolicyRuleId> candidates = engine.Candidates(call);
        await PolicyUsageTable.LockAsync(
            transaction, UsagePhase.Accepted, candidates, call.Signer, cancellationToken);
        PolicyUsages usages = await PolicyUsageTable.FindAsync(
            transaction, UsagePhase.Accepted, candidates, call.Signer, cancellationToken);
        PolicyVerdict verdict = engine.Evaluate(call, usages, transaction.Now);
        if (!verdict.IsAllowed)
            throw Denied(verdict);

        await PolicyUsageTable.AcceptAsync(
            transaction, id, verdict.RuleId!.Value, call.Signer, call.Value, new UInt256(verdict.Amount),
            cancellationToken);
        return verdict;
    }

    /// <summary>Judges once more what is about to take nonces, and counts what may.</summary>
    /// <remarks>
    /// What its rule no longer allows is refused. What a cap keeps back waits, and with it, in their order, all that
    /// the same rule allowed for the wallet; other rules' transactions pass.
    /// </remarks>
    /// <param name="transaction">The unit of work; the nonces are taken in it.</param>
    /// <param name="signer">The wallet, locked.</param>
    /// <param name="queued">Its transactions, oldest first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Those that may take nonces, in their order.</returns>
    internal async Task<List<TransactionRecord>> AdmitAsync(
        Transaction transaction,
        SignerRecord signer,
        IReadOnlyList<TransactionRecord> queued,
        CancellationToken cancellationToken)
    {
        if (queued.Count == 0)
            return [];

        PolicyRuleId[] rules = [.. queued.Select(it => it.RuleId!.Value).Distinct()];
        PolicyEngine engine = await GetEngineAsync(transaction, cancellationToken);
        await PolicyUsageTable.LockAsync(transaction, UsagePhase.Allocated, rules, signer.Id, cancellationToken);
        Admission admission = new(
            engine,
            await PolicyUsageTable.FindAsync(transaction, UsagePhase.Allocated, rules, signer.Id, cancellationToken));
        foreach (TransactionRecord record in queued)
            admission.Judge(record);

        foreach ((TransactionRecord refused, string reason) in admission.Refused)
            await RefuseTransaction.RefuseAsync(transaction, signer, refused, reason, cancellationToken);

        if (admission.Held.Count > 0)
        {
            await PolicyUsageTable.HoldAsync(
                transaction, admission.Held, signer.Id, transaction.Now + HoldMax, cancellationToken);
            await TransactionMoves.WaitAsync(
                transaction, admission.Waiting.Select(it => it.Id), "policy_cap", cancellationToken);
        }

        if (admission.Admitted.Count > 0)
            await PolicyUsageTable.AllocateAsync(transaction, admission.Admitted, cancellationToken);
        return admission.Admitted;
    }

    /// <summary>The policies in force, indexed; read anew only when they have changed.</summary>
    internal async Task<PolicyEngine> GetEngineAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        long revision = await PolicyTable.GetRevisionAsync(transaction, cancellationToken);
        if (_known is { } known && known.Revision == revision && transaction.Now < known.Until)
            return known.Engine;

        // The revision was read before: what changes in between is seen as a change by the next who asks.
        List<PolicyRecord> inForce = await PolicyTable.ListInForceAsync(transaction, null, cancellationToken);
        List<PolicyRecord> waiting = await PolicyTable.ListWaitingAsync(transaction, null, cancellationToken);
        PolicyEngine engine = new(inForce.Select(it => it.Content));
        DateTimeOffset until = waiting.Min(it => it.EffectiveAt) ?? DateTimeOffset.MaxValue;
        _known = new Known(revision, until, engine);
        return engine;
    }

    private static FailureException Denied(PolicyVerdict verdict) =>
        new(FailureCode.PolicyDenied, verdict.Detail);

    /// <param name="Revision">Of which revision it is.</param>
    /// <param name="Until">When a version that waits comes in force.</param>
    /// <param name="Engine">The policies.</param>
    private sealed record Known(long Revision, DateTimeOffset Until, PolicyEngine Engine);

    /// <summary>Judges a wallet's transactions one after the other, each with those before it counted.</summary>
    private sealed class Admission(PolicyEngine engine, PolicyUsages usages)
    {
        private PolicyUsages _usages = usages;

        internal List<TransactionRecord> Admitted { get; } = [];

        internal List<TransactionRecord> Waiting { get; } = [];

        internal List<(TransactionRecord Record, string Reason)> Refused { get; } = [];

        internal HashSet<PolicyRuleId> Held { get; } = [];

        internal void Judge(TransactionRecord record)
        {
            PolicyRuleId rule = record.RuleId!.Value;
            TransactionCall call = new(record.ChainId, record.SignerId, record.To, record.Value, record.Data, []);

            // What would not be allowed even if nothing had been sent will never be.
            PolicyVerdict alone = engine.Recheck(rule, call, PolicyUsages.None);
            if (!alone.IsAllowed)
            {
                string reason = $"policy_denied: {alone.Detail}";
                Refused.Add((record, reason.Length > ReasonLengthMax ? reason[..ReasonLengthMax] : reason));
            }
            else if (Held.Contains(rule) || !engine.Recheck(rule, call, _usages).IsAllowed)
            {
                Held.Add(rule);
                Waiting.Add(record);
            }
            else
            {
                Admitted.Add(record);
                _usages = _usages.With(rule, new UsageSum(1, call.Value.Value.ToBigInteger(), alone.Amount));
            }
        }
    }
}
