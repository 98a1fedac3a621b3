using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Auth;

/// <summary>A linked wallet, as its owner sees it.</summary>
/// <param name="Address">The account.</param>
/// <param name="Kind">Who answers for it: a key or a contract.</param>
/// <param name="ChainId">The chain of a contract; null for a key, which is good on every chain.</param>
/// <param name="LinkedAt">When it proved whose it is.</param>
internal sealed record LinkedWallet(Address Address, WalletKind Kind, ChainId? ChainId, DateTimeOffset LinkedAt)
{
    internal static LinkedWallet Of(Wallet wallet) => new(wallet.Address, wallet.Kind, wallet.ChainId, wallet.LinkedAt);
}

/// <summary><c>GET /v1/wallets</c>: the caller's wallets, oldest link first.</summary>
internal static class ListWallets
{
    /// <summary>How many wallets a person may link: far above what people use, and the list needs no pages.</summary>
    internal const int CountMax = 50;

    /// <param name="Wallets">All of them.</param>
    internal sealed record Response(IReadOnlyList<LinkedWallet> Wallets);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/wallets", HandleAsync).RequireScope(RoleScopes.AccountManage);

    private static async Task<IResult> HandleAsync(
        Caller caller, Database database, CancellationToken cancellationToken)
    {
        List<Wallet> wallets = await database.ReadAsync(
            transaction => WalletTable.ListAsync(transaction, new UserId(caller.UserId), CountMax, cancellationToken),
            cancellationToken);
        return TypedResults.Ok(new Response([.. wallets.Select(LinkedWallet.Of)]));
    }
}
