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

    /// <summary>A key that the signing provider keeps for the person, who proved their e-mail.</summary>
    Embedded,
}

/// <summary>A wallet that proved whose it is.</summary>
/// <param name="Address">The account.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Kind">Who answers for it.</param>
/// <param name="ChainId">The chain of a contract; null for a key.</param>
/// <param name="LinkedAt">When it proved it.</param>
public sealed record Wallet(
    Address Address, UserId UserId, WalletKind Kind, ChainId? ChainId, DateTimeOffset LinkedAt);

/// <summary>The table <c>wallets</c>, owned by Auth.</summary>
public static class WalletTable
{
    private const string AddSql = """
        INSERT INTO wallets (address, user_id, kind, chain_id, linked_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """;

    private const string FindSql = "SELECT address, user_id, kind, chain_id, linked_at FROM wallets WHERE address = $1";

    private const string ListSql = """
        SELECT address, user_id, kind, chain_id, linked_at FROM wallets WHERE user_id = $1
        ORDER BY linked_at, address LIMIT $2
        """;

    private const string RemoveSql = "DELETE FROM wallets WHERE address = $1 AND user_id = $2";

    private const string AddEmailSql = """
        INSERT INTO embedded_wallets (address, email_ciphertext) VALUES ($1, $2) ON CONFLICT DO NOTHING
        """;

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

    /// <summary>Keeps the e-mail that an embedded wallet goes by, as Vault encrypted it for that wallet.</summary>
    public static Task AddEmailAsync(
        Transaction transaction, Address wallet, string ciphertext, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(AddEmailSql, [wallet, ciphertext], cancellationToken);
    }

    private static Wallet Read(Row row) => new(
        row.Address(0),
        new UserId(row.Id(1)),
        WireText.Parse<WalletKind>(row.Text(2)),
        row.IsNull(3) ? null : row.ChainId(3),
        row.Instant(4));
}
