using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>Who answers for a wallet.</summary>
[JsonConverter(typeof(WireTextJsonConverter<WalletKind>))]
public enum WalletKind
{
    /// <summary>A key: its signature holds on every chain.</summary>
    Key,

    /// <summary>A contract (EIP-1271): it answers on one chain and for no other.</summary>
    Contract,
}

/// <summary>A wallet that proved whose it is.</summary>
/// <param name="Address">The account.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="ChainId">The chain of a contract; null for a key.</param>
/// <param name="LinkedAt">When it proved it.</param>
public sealed record Wallet(Address Address, UserId UserId, ChainId? ChainId, DateTimeOffset LinkedAt)
{
    /// <summary>Who answers for it.</summary>
    public WalletKind Kind => ChainId is null ? WalletKind.Key : WalletKind.Contract;
}

/// <summary>The table <c>wallets</c>, owned by Auth.</summary>
public static class WalletTable
{
    private const string AddSql = """
        INSERT INTO wallets (address, user_id, kind, chain_id, linked_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """;

    private const string FindSql = "SELECT address, user_id, chain_id, linked_at FROM wallets WHERE address = $1";

    private const string ListSql = """
        SELECT address, user_id, chain_id, linked_at FROM wallets WHERE user_id = $1
        ORDER BY linked_at, address LIMIT $2
        """;

    private const string RemoveSql = "DELETE FROM wallets WHERE address = $1 AND user_id = $2";

    /// <summary>Links a wallet.</summary>
    /// <returns>False when it is linked already, to whomever.</returns>
    public static async Task<bool> TryAddAsync(
        Transaction transaction, Wallet wallet, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(wallet);
        int rows = await transaction.ExecuteAsync(
            AddSql,
            [
                wallet.Address, wallet.UserId.Value, WireText.Of(wallet.Kind), (long?)wallet.ChainId?.Value,
                wallet.LinkedAt,
            ],
            cancellationToken);
        return rows == 1;
    }

    /// <summary>The wallet with this address; null when it is nobody's.</summary>
    public static Task<Wallet?> FindAsync(
        Transaction transaction, Address address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [address], Read, cancellationToken);
    }

    /// <summary>A person's wallets, oldest link first.</summary>
    public static Task<List<Wallet>> ListAsync(
        Transaction transaction, UserId user, int countMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListSql, [user.Value, countMax], Read, cancellationToken);
    }

    /// <summary>Unlinks a person's wallet.</summary>
    /// <returns>False when it is not linked to them.</returns>
    public static async Task<bool> RemoveAsync(
        Transaction transaction, Address address, UserId user, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync(RemoveSql, [address, user.Value], cancellationToken) == 1;
    }

    private static Wallet Read(Row row) => new(
        row.Address(0), new UserId(row.Id(1)), row.IsNull(2) ? null : row.ChainId(2), row.Instant(3));
}
