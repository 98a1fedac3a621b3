using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;

namespace Souk.Platform.Postgres;

/// <summary>A wallet of the platform on one chain.</summary>
/// <param name="Id">Its name.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Address">The wallet's address.</param>
/// <param name="NextNonce">The nonce that the next allocation takes.</param>
/// <param name="SettledNonce">Every nonce below it is used for good.</param>
/// <param name="Name">What the settings call it; null when they do not.</param>
/// <param name="BalanceLowAt">Since when it runs dry; null while it has enough.</param>
/// <param name="PausedAt">Since when it, its chain or everything is paused; null when it sends.</param>
/// <param name="PausedBy">Who paused it.</param>
/// <param name="PauseReason">Why.</param>
public sealed record SignerRecord(
    SignerId Id,
    ChainId ChainId,
    Address Address,
    long NextNonce,
    long SettledNonce,
    string? Name,
    DateTimeOffset? BalanceLowAt,
    DateTimeOffset? PausedAt,
    Guid? PausedBy,
    string? PauseReason)
{
    /// <summary>Whether nothing is sent from it.</summary>
    public bool IsPaused => PausedAt is not null;
}

/// <summary>Owner of <c>signers</c>: the platform's wallets and their next nonces.</summary>
public static class SignerTable
{
    private const string FindByAddressSql = """
        SELECT s.id, s.chain_id, s.address, s.next_nonce, s.settled_nonce, s.name, s.balance_low_at, p.paused_at,
            p.paused_by, p.reason
        FROM signers AS s LEFT JOIN LATERAL signing_pause_of(s.id, s.chain_id) AS p ON true
        WHERE s.chain_id = $1 AND s.address = $2
        """;

    private const string FindSql = """
        SELECT s.id, s.chain_id, s.address, s.next_nonce, s.settled_nonce, s.name, s.balance_low_at, p.paused_at,
            p.paused_by, p.reason
        FROM signers AS s LEFT JOIN LATERAL signing_pause_of(s.id, s.chain_id) AS p ON true
        WHERE s.id = $1
        """;

    private const string LockSql = """
        SELECT s.id, s.chain_id, s.address, s.next_nonce, s.settled_nonce, s.name, s.balance_low_at, p.paused_at,
            p.paused_by, p.reason
        FROM signers AS s LEFT JOIN LATERAL signing_pause_of(s.id, s.chain_id) AS p ON true
        WHERE s.id = $1 FOR NO KEY UPDATE OF s
        """;

    private const string ListSql = """
        SELECT s.id, s.chain_id, s.address, s.next_nonce, s.settled_nonce, s.name, s.balance_low_at, p.paused_at,
            p.paused_by, p.reason
        FROM signers AS s LEFT JOIN LATERAL signing_pause_of(s.id, s.chain_id) AS p ON true
        ORDER BY s.chain_id, s.created_at LIMIT 1000
        """;

    private const string AddSql = """
        INSERT INTO signers (id, chain_id, address, next_nonce, settled_nonce, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """;

    private const string UnnameSql = "UPDATE signers SET name = NULL WHERE name = $2 AND id <> $1";

    private const string NameSql = "UPDATE signers SET name = $2 WHERE id = $1 AND name IS DISTINCT FROM $2";

    private const string TakeNoncesSql = """
        UPDATE signers SET next_nonce = next_nonce + $2
        WHERE id = $1 AND NOT EXISTS (SELECT FROM signing_pause_of(id, chain_id)) RETURNING next_nonce - $2
        """;

    private const string GiveBackNonceSql = """
        UPDATE signers SET next_nonce = $2 WHERE id = $1 AND next_nonce = $2 + 1
        """;

    private const string RaiseNonceSql = "UPDATE signers SET next_nonce = $2 WHERE id = $1 AND next_nonce < $2";

    private const string SettleSql = "UPDATE signers SET settled_nonce = $2 WHERE id = $1 AND settled_nonce < $2";

    private const string BalanceLowSql = """
        UPDATE signers SET balance_low_at = CASE WHEN $2 THEN $3::timestamptz END
        WHERE id = $1 AND (balance_low_at IS NOT NULL) <> $2
        """;

    /// <summary>The wallet with this address; null when it is not known yet.</summary>
    public static Task<SignerRecord?> FindByAddressAsync(
        Transaction transaction, ChainId chain, Address address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindByAddressSql, [chain, address], Read, cancellationToken);
    }

    /// <summary>The wallet of this name.</summary>
    /// <exception cref="FailureException"><c>not_found</c>.</exception>
    public static async Task<SignerRecord> GetAsync(
        Transaction transaction, SignerId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindAsync(FindSql, [id.Value], Read, cancellationToken) ?? throw NotFound();
    }

    /// <summary>The wallet of this name, locked until the transaction ends.</summary>
    /// <exception cref="FailureException"><c>not_found</c>.</exception>
    public static async Task<SignerRecord> LockAsync(
        Transaction transaction, SignerId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindAsync(LockSql, [id.Value], Read, cancellationToken) ?? throw NotFound();
    }

    /// <summary>Every wallet.</summary>
    public static Task<List<SignerRecord>> ListAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListSql, [], Read, cancellationToken);
    }

    /// <summary>Adds a wallet; one that is known already stays as it is.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="address">The wallet's address.</param>
    /// <param name="nextNonce">How many transactions the chain counts for it, waiting ones included.</param>
    /// <param name="settledNonce">How many it counts so deep that they stay.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task AddAsync(
        Transaction transaction,
        ChainId chain,
        Address address,
        long nextNonce,
        long settledNonce,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        SqlValue[] values = [transaction.NewId(), chain, address, nextNonce, settledNonce, transaction.Now];
        return transaction.ExecuteAsync(AddSql, values, cancellationToken);
    }

    /// <summary>Gives a wallet the name that the settings have for it; another that had the name loses it.</summary>
    public static async Task NameAsync(
        Transaction transaction, SignerId id, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.ExecuteAsync(UnnameSql, [id.Value, name], cancellationToken);
        await transaction.ExecuteAsync(NameSql, [id.Value, name], cancellationToken);
    }

    /// <summary>Takes so many nonces that follow each other.</summary>
    /// <returns>The first; null when the wallet is paused.</returns>
    public static Task<long?> TakeNoncesAsync(
        Transaction transaction, SignerId id, long count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindValueAsync(TakeNoncesSql, [id.Value, count], row => row.Bigint(0), cancellationToken);
    }

    /// <summary>Gives a nonce back that no node has seen, if it is the highest.</summary>
    /// <returns>False when a higher one was taken: then it must be filled.</returns>
    public static async Task<bool> TryGiveBackNonceAsync(
        Transaction transaction, SignerId id, long nonce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync(GiveBackNonceSql, [id.Value, nonce], cancellationToken) == 1;
    }

    /// <summary>Skips nonces that the chain has seen used by the wallet outside of Souk.</summary>
    /// <returns>Whether there were any.</returns>
    public static async Task<bool> RaiseNonceAsync(
        Transaction transaction, SignerId id, long nextNonce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync(RaiseNonceSql, [id.Value, nextNonce], cancellationToken) == 1;
    }

    /// <summary>Notes that every nonce below this one is used for good.</summary>
    public static Task SettleAsync(
        Transaction transaction, SignerId id, long settledNonce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(SettleSql, [id.Value, settledNonce], cancellationToken);
    }

    /// <summary>Notes whether the wallet runs dry.</summary>
    /// <returns>Whether that is news.</returns>
    public static async Task<bool> SetBalanceLowAsync(
        Transaction transaction, SignerId id, bool isLow, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        SqlValue[] values = [id.Value, isLow, transaction.Now];
        return await transaction.ExecuteAsync(BalanceLowSql, values, cancellationToken) == 1;
    }

    private static SignerRecord Read(Row row) => new(
        new SignerId(row.Id(0)),
        row.ChainId(1),
        row.Address(2),
        row.Bigint(3),
        row.Bigint(4),
        row.TextOrNull(5),
        row.InstantOrNull(6),
        row.InstantOrNull(7),
        row.IdOrNull(8),
        row.TextOrNull(9));

    private static FailureException NotFound() => new(FailureCode.NotFound, "There is no such signer.");
}
