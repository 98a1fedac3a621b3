using Souk.Domain.Chain;
using Souk.Domain.Signing;

namespace Souk.Platform.Postgres;

/// <summary>Reads the registered contracts, which are policies like others: see <see cref="PolicyTable"/>.</summary>
public static class ContractTable
{
    private const string FindSql = """
        SELECT content::text FROM policies
        WHERE kind = 'contract' AND name = $1 AND effective_at <= $2 AND withdrawn_at IS NULL
        ORDER BY version DESC LIMIT 1
        """;

    /// <summary>The contract registered at this place; null when none is, or no longer.</summary>
    public static async Task<RegisteredContract?> FindAsync(
        Transaction transaction, ChainId chain, Address address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        PolicyContent? found = await transaction.FindAsync(
            FindSql,
            [RegisteredContract.KeyOf(chain, address), transaction.Now],
            row => PolicyJson.Read(PolicyKind.Contract, row.Text(0)),
            cancellationToken);
        return found is RegisteredContract { IsEnabled: true } contract ? contract : null;
    }

    /// <summary>The functions and errors of the contract registered at this place; null when none is.</summary>
    public static async Task<ContractAbi?> FindAbiAsync(
        Transaction transaction, ChainId chain, Address address, CancellationToken cancellationToken) =>
        await FindAsync(transaction, chain, address, cancellationToken) is { } contract
            ? ContractAbi.Parse(contract.Abi)
            : null;
}
