using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>How much a pause stops.</summary>
public enum PauseScope
{
    /// <summary>Every wallet.</summary>
    Everything,

    /// <summary>The wallets of one chain.</summary>
    Chain,

    /// <summary>One wallet.</summary>
    Signer,
}

/// <summary>What a pause stops.</summary>
/// <param name="Scope">How much.</param>
/// <param name="ChainId">The chain, for one chain's wallets.</param>
/// <param name="SignerId">The wallet, for one wallet.</param>
public sealed record PauseTarget(PauseScope Scope, ChainId? ChainId, SignerId? SignerId)
{
    /// <summary>One wallet.</summary>
    public static PauseTarget Of(SignerId signer) => new(PauseScope.Signer, null, signer);

    /// <summary>One chain's wallets; every wallet when it is null.</summary>
    public static PauseTarget Of(ChainId? chain) =>
        new(chain is null ? PauseScope.Everything : PauseScope.Chain, chain, null);

    /// <summary>What the audit log calls it.</summary>
    public override string ToString() => Scope switch
    {
        PauseScope.Signer => $"signer/{SignerId}",
        PauseScope.Chain => $"chain/{ChainId}",
        _ => "signing",
    };
}

/// <summary>A time that sending was stopped.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Target">What was stopped.</param>
/// <param name="Reason">Why.</param>
/// <param name="PausedBy">Who stopped it.</param>
/// <param name="PausedAt">When.</param>
public sealed record PauseRecord(
    Guid Id, PauseTarget Target, string Reason, Guid PausedBy, DateTimeOffset PausedAt);

/// <summary>Owner of <c>signing_pauses</c>: what does not send now, and did not.</summary>
/// <remarks>
/// A nonce is taken in a transaction that took policies for itself (<see cref="PolicyTable.ShareLockAsync"/>), and a
/// pause in one that locks them: so once a pause has committed no nonce is taken that it stops.
/// </remarks>
public static class PauseTable
{
    private const string AddSql = """
        INSERT INTO signing_pauses (id, scope, chain_id, signer_id, reason, paused_by, paused_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        """;

    private const string FindSql = """
        SELECT id, scope, chain_id, signer_id, reason, paused_by, paused_at FROM signing_pauses
        WHERE lifted_at IS NULL AND scope = $1 AND chain_id IS NOT DISTINCT FROM $2
            AND signer_id IS NOT DISTINCT FROM $3
        """;

    private const string LiftSql = """
        UPDATE signing_pauses SET lifted_by = $2, lifted_at = $3 WHERE id = $1 AND lifted_at IS NULL
        """;

    /// <summary>Adds a pause.</summary>
    /// <returns>False when the same is paused already.</returns>
    public static async Task<bool> AddAsync(
        Transaction transaction, PauseRecord added, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(added);
        int rows = await transaction.ExecuteAsync(
            AddSql,
            [
                added.Id, WireText.Of(added.Target.Scope), Number(added.Target), added.Target.SignerId?.Value,
                added.Reason, added.PausedBy, added.PausedAt,
            ],
            cancellationToken);
        return rows == 1;
    }

    /// <summary>The pause of this very target; null when it is not paused by itself.</summary>
    public static Task<PauseRecord?> FindAsync(
        Transaction transaction, PauseTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(target);
        return transaction.FindAsync(
            FindSql,
            [WireText.Of(target.Scope), Number(target), target.SignerId?.Value],
            row => new PauseRecord(row.Id(0), target, row.Text(4), row.Id(5), row.Instant(6)),
            cancellationToken);
    }

    /// <summary>Lifts a pause.</summary>
    public static Task LiftAsync(
        Transaction transaction, PauseRecord pause, Guid by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(pause);
        return transaction.ExecuteAsync(LiftSql, [pause.Id, by, transaction.Now], cancellationToken);
    }

    private static long? Number(PauseTarget target) => target.ChainId is { } chain ? (long)chain.Value : null;
}
