using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Auth;

/// <summary><c>DELETE /v1/wallets/{address}</c>: takes a wallet off the caller's account.</summary>
/// <remarks>
/// Refuses with <c>not_found</c> whatever is not linked to the caller. Orders already signed are not touched.
/// </remarks>
internal static class UnlinkWallet
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapDelete("/v1/wallets/{address}", HandleAsync).RequireScope(RoleScopes.AccountManage);

    private static async Task<IResult> HandleAsync(
        Address address, Caller caller, Database database, CancellationToken cancellationToken)
    {
        bool isRemoved = await database.WriteAsync(
            async transaction =>
            {
                UserId user = new(caller.UserId);
                if (!await WalletTable.RemoveAsync(transaction, address, user, cancellationToken))
                    return false;
                await WalletAnnouncement.AddAsync(transaction, address, isLinked: false, cancellationToken);
                return true;
            },
            cancellationToken);
        return isRemoved
            ? TypedResults.NoContent()
            : throw new FailureException(FailureCode.NotFound, "The wallet is not linked to you.");
    }
}
