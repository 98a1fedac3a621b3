using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Whether a wallet is the caller's: what Auth linked, read through the view it grants.</summary>
internal static class LinkedWallet
{
    // A key is its owner's on every chain; a contract's address may be somebody else's on another.
    private const string FindSql = """
        SELECT user_id FROM linked_wallets
        WHERE address = $1 AND user_id = $2 AND (chain_id IS NULL OR chain_id = $3)
        """;

    /// <exception cref="FailureException"><c>wallet_not_linked</c>, naming the request's field.</exception>
    internal static async Task RequireAsync(
        Transaction transaction,
        Guid user,
        ChainId chain,
        Address wallet,
        string field,
        CancellationToken cancellationToken)
    {
        Guid? found = await transaction.FindValueAsync(
            FindSql, [wallet, user, chain], row => row.Id(0), cancellationToken);
        if (found is null)
        {
            throw new FailureException(
                new Failure(FailureCode.WalletNotLinked, "The wallet is not linked to the caller.") { Field = field });
        }
    }
}
