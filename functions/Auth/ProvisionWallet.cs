using System.Text;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Firebase;
using Souk.Platform.Http;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;
using Souk.Platform.Vault;

namespace Souk.Auth;

/// <summary><c>POST /v1/wallets/embedded</c>: gives a person the wallet that goes by their verified e-mail.</summary>
/// <remarks>
/// Refuses with <c>sign_in_refused</c>, <c>forbidden</c>, <c>signer_unavailable</c>, <c>upstream_unavailable</c>,
/// <c>wallet_already_linked</c>, <c>conflict</c>, in that order. The e-mail comes from a fresh ID token, never from the
/// caller's own words, and is kept only as Vault encrypted it, bound to the wallet; this room cannot read it back.
/// </remarks>
internal static class ProvisionWallet
{
    /// <summary>The transit key of what belongs to a wallet: this room encrypts by it, Signing decrypts.</summary>
    internal const string TransitKey = "wallet-data";

    /// <summary>What the operator calls the app whose people these are, here and at Signing.</summary>
    private const string App = "people";

    /// <param name="IdToken">A Firebase ID token of the caller's own.</param>
    internal sealed record Request(string IdToken)
    {
        /// <summary>Never the token.</summary>
        public override string ToString() => "[embedded wallet]";
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/wallets/embedded", HandleAsync).RequireScope(RoleScopes.AccountManage);

    private static async Task<IResult> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        FirebaseTokenVerifier verifier,
        MetaKeepClient metaKeep,
        MetaKeepCredentials credentials,
        VaultClient vault,
        Database database,
        CancellationToken cancellationToken)
    {
        FirebaseIdentity identity = await verifier.VerifyAsync(request.IdToken, cancellationToken);
        User? user = await database.ReadAsync(
            t => UserTable.FindAsync(t, new UserId(caller.UserId), cancellationToken), cancellationToken);
        if (identity.Uid != user?.FirebaseUid)
            throw new FailureException(FailureCode.SignInRefused, "The token is another person's.");
        if (identity is not { EmailVerified: true, Email: { } email })
            throw new FailureException(FailureCode.Forbidden, "Verify your e-mail first: the wallet goes by it.");

        MetaKeepCredential app = await credentials.GetAsync(App, cancellationToken);
        Address address = await AskAsync(metaKeep, app, email, cancellationToken);
        string ciphertext = await vault.EncryptAsync(
            TransitKey, Encoding.UTF8.GetBytes(email), address.ToArray(), cancellationToken);
        LinkedWallet response = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/wallets/embedded",
            request,
            AuthJson.Default.ProvisionWalletRequest,
            AuthJson.Default.LinkedWallet,
            async transaction =>
            {
                Wallet wallet = new(address, user.Id, WalletKind.Embedded, ChainId: null, transaction.Now);
                LinkedWallet linked = await LinkWallet.AddAsync(transaction, wallet, cancellationToken);
                await WalletTable.AddEmailAsync(transaction, address, ciphertext, cancellationToken);
                return linked;
            },
            cancellationToken);
        return TypedResults.Created((string?)null, response);
    }

    private static async Task<Address> AskAsync(
        MetaKeepClient metaKeep, MetaKeepCredential app, string email, CancellationToken cancellationToken)
    {
        try
        {
            return await metaKeep.GetWalletAsync(app, email, cancellationToken);
        }
        catch (MetaKeepRefusedException refused)
        {
            throw new FailureException(
                new Failure(
                    FailureCode.Forbidden, "There is no wallet for this e-mail.", $"MetaKeep: {refused.Status}."),
                refused);
        }
    }
}
