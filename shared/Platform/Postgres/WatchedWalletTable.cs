using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>Table <c>watched_wallets</c>.</summary>
public static class WatchedWalletTable
{
    private const string StoreSql = """
        INSERT INTO watched_wallets (address, is_watched, changed_at) VALUES ($1, $2, $3)
        ON CONFLICT (address) DO UPDATE SET is_watched = $2, changed_at = $3
        """;

    // Where not all fit, those that are watched already stay.
    private const string ListSql = """
        SELECT address FROM watched_wallets WHERE is_watched ORDER BY changed_at, address LIMIT $1
        """;

    /// <summary>Says whether a wallet is to be watched from now on; the caller keeps the order of changes.</summary>
    public static Task StoreAsync(
        Transaction transaction, Address address, bool isWatched, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(StoreSql, [address, isWatched, transaction.Now], cancellationToken);
    }

    /// <summary>The wallets to watch, longest watched first.</summary>
    public static Task<List<Address>> ListAsync(
        Transaction transaction, int countMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListSql, [countMax], row => row.Address(0), cancellationToken);
    }
}
