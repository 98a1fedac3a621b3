using Souk.Domain.Signing;

namespace Souk.Platform.Postgres;

/// <summary>Reads the rules for signatures, which are policies like others: see <see cref="PolicyTable"/>.</summary>
public static class SignatureRuleTable
{
    private const string FindSql = """
        SELECT content::text, id, version FROM policies
        WHERE kind = 'signature' AND name = $1 AND effective_at <= $2 AND withdrawn_at IS NULL
        ORDER BY version DESC LIMIT 1
        """;

    /// <summary>The rule in force of this key; null when there is none.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="key">See <see cref="SignatureRule.KeyOf"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<SignaturePolicy?> FindAsync(
        Transaction transaction, string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(
            FindSql,
            [key, transaction.Now],
            row => new SignaturePolicy(
                new PolicyId(row.Id(1)),
                row.Integer(2),
                (SignatureRule)PolicyJson.Read(PolicyKind.Signature, row.Text(0))),
            cancellationToken);
    }
}

/// <summary>A rule for signatures as it is in force.</summary>
/// <param name="Id">The policy.</param>
/// <param name="Version">Its version.</param>
/// <param name="Rule">What it says.</param>
public sealed record SignaturePolicy(PolicyId Id, int Version, SignatureRule Rule);
