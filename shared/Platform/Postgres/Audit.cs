namespace Souk.Platform.Postgres;

/// <summary>The hash-chained log of what administrators did; rows can be added, never changed.</summary>
public static class Audit
{
    private const string AppendSql = "SELECT append_audit($1, $2, $3, $4, $5::jsonb, $6)";

    /// <summary>Appends an act in the transaction of its effect, as the last thing before its commit.</summary>
    /// <remarks>
    /// The log is one chain, so whoever appends keeps all others from appending until they have committed: that is to
    /// be no longer than the commit takes.
    /// </remarks>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="actor">Who acted.</param>
    /// <param name="action">What they did, such as <c>policy.approve</c>.</param>
    /// <param name="subject">To what, such as <c>policy/…</c>.</param>
    /// <param name="detailJson">The facts as a JSON object; never a secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task AppendAsync(
        Transaction transaction,
        Guid actor,
        string action,
        string subject,
        string detailJson,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        transaction.DoLast(() => transaction.ExecuteAsync(
            AppendSql, [transaction.Room, actor, action, subject, detailJson, transaction.Now], cancellationToken));
        return Task.CompletedTask;
    }
}
