using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Consents;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;
using Souk.Platform.Vault;

namespace Souk.Signing;

/// <summary><c>POST /v1/consents</c>: has a person asked to let their embedded wallet make a call.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>chain_unknown</c>, <c>policy_denied</c>, <c>wallet_not_linked</c>,
/// <c>conflict</c>, <c>signer_unavailable</c>, <c>upstream_unavailable</c>, in that order. The answer's token is a
/// secret and is stored nowhere: a repeat under the same key asks MetaKeep again under the same key of its own, which
/// answers the same token. Nothing moves until the person consents in MetaKeep's window and the UI reports it.
/// </remarks>
internal static class AskConsent
{
    private const int DescriptionLengthMax = 200;

    /// <param name="ChainId">The chain.</param>
    /// <param name="Wallet">The caller's embedded wallet.</param>
    /// <param name="To">The contract to call.</param>
    /// <param name="Data">The call data as 0x text; it names one of the functions that the operator allows.</param>
    /// <param name="ValueWei">The native coin that the wallet sends along.</param>
    /// <param name="Description">What the person is told that they consent to.</param>
    internal sealed record Request(
        ChainId ChainId, Address Wallet, Address To, string Data, Wei ValueWei, string Description);

    /// <param name="Consent">What is asked.</param>
    /// <param name="ConsentToken">For the wallet's window; good until the consent expires.</param>
    internal sealed record Response(ConsentView Consent, string ConsentToken)
    {
        /// <summary>Never the token.</summary>
        public override string ToString() => $"[consent {Consent.Id}]";
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/consents", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static async Task<Accepted<Response>> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        ConsentRules rules,
        ChainRegistry chains,
        ConsentWindow window,
        Database database,
        CancellationToken cancellationToken)
    {
        byte[] data = Read(request);
        chains.Get(request.ChainId);
        if (!rules.TryRead(request.ChainId, request.To, data, out AbiFunction? function, out AbiValue[] arguments))
            throw new FailureException(FailureCode.PolicyDenied, "People's wallets may not call this through us.");
        string email = await database.ReadAsync(
            t => ConsentTable.FindEmailAsync(t, caller.UserId, request.Wallet, cancellationToken), cancellationToken)
            ?? throw new FailureException(FailureCode.WalletNotLinked, "The wallet is no embedded one of yours.");

        ConsentView asked = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/consents",
            request,
            SigningJson.Default.AskConsentRequest,
            SigningJson.Default.ConsentView,
            transaction => AddAsync(transaction, caller, request, data, cancellationToken),
            cancellationToken);
        if (database.Now >= asked.ExpiresAt)
            throw new FailureException(FailureCode.Conflict, "What was asked under this key has lapsed: ask anew.");

        ContractCall call = new(request.To, function, arguments, request.ValueWei, request.Description);
        string token = await window.AskAsync(asked, email, call, cancellationToken);
        return TypedResults.Accepted($"/v1/consents/{asked.Id}", new Response(asked, token));
    }

    private static byte[] Read(Request request)
    {
        if (request.Description.Length is 0 or > DescriptionLengthMax)
            throw Invalid("$.description", $"The description has 1 to {DescriptionLengthMax} characters.");
        return Hex.TryDecode(request.Data, out byte[]? data) && data.Length is > 0 and <= RequestedCall.DataBytesMax
            ? data
            : throw Invalid("$.data", $"The call data is 0x text of 1 to {RequestedCall.DataBytesMax} bytes.");
    }

    private static async Task<ConsentView> AddAsync(
        Transaction transaction, Caller caller, Request request, byte[] data, CancellationToken cancellationToken)
    {
        Consent asked = new(
            new ConsentId(transaction.NewId()),
            caller.UserId,
            request.ChainId,
            request.Wallet,
            request.To,
            data,
            request.ValueWei,
            request.Description,
            transaction.Now,
            transaction.Now + Consent.Lifetime);
        await ConsentTable.AddAsync(transaction, asked, cancellationToken);
        return ConsentView.Of(asked);
    }

    private static FailureException Invalid(string field, string detail) =>
        new(new Failure(FailureCode.InvalidRequest, detail) { Field = field });
}

/// <summary>Opens MetaKeep's window for a person: their e-mail is read through Vault, used, and forgotten.</summary>
internal sealed class ConsentWindow(VaultClient vault, MetaKeepClient metaKeep, MetaKeepCredentials credentials)
{
    private const string TransitKey = "wallet-data";

    /// <summary>The credential of the app that asks people on this chain.</summary>
    internal Task<MetaKeepCredential> GetAppAsync(ChainId chain, CancellationToken cancellationToken) =>
        credentials.GetAsync($"people-{chain}", cancellationToken);

    /// <summary>Asks; the same consent gets the same token.</summary>
    internal async Task<string> AskAsync(
        ConsentView asked, string emailCiphertext, ContractCall call, CancellationToken cancellationToken)
    {
        MetaKeepCredential app = await GetAppAsync(asked.ChainId, cancellationToken);
        byte[] email = await vault.DecryptAsync(
            TransitKey, emailCiphertext, asked.Wallet.ToArray(), cancellationToken);
        string person = Encoding.UTF8.GetString(email);
        try
        {
            // An app may be a test network's, where a person's wallet need not be the one that was linked.
            if (await metaKeep.GetWalletAsync(app, person, cancellationToken) != asked.Wallet)
                throw Unavailable("MetaKeep names another wallet on this chain.");
            return await metaKeep.AskConsentAsync(app, person, call, asked.Id.ToString(), cancellationToken);
        }
        catch (MetaKeepRefusedException refused)
        {
            throw Unavailable($"MetaKeep: {refused.Status}.");
        }
    }

    private static FailureException Unavailable(string why) =>
        new(new Failure(FailureCode.SignerUnavailable, "The wallet cannot be asked on this chain.", why));
}
