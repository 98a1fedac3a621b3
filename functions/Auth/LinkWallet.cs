using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Orders;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Auth;

/// <summary><c>POST /v1/wallets</c>: links a wallet that signed the challenge it was asked.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>challenge_invalid</c>, <c>upstream_unavailable</c>,
/// <c>signature_invalid</c>, <c>wallet_already_linked</c>, <c>conflict</c>, in that order. A challenge is good for one
/// answer: a wrong signature uses it up, so that each costs a node at most one call. A wallet that is the caller's
/// already stays linked.
/// </remarks>
internal static partial class LinkWallet
{
    /// <param name="ChallengeId">The challenge.</param>
    /// <param name="Message">Its message, as the wallet signed it.</param>
    /// <param name="Signature">Hexadecimal with 0x: of a key 64 or 65 octets, of a contract its own form.</param>
    internal sealed record Request(ChallengeId ChallengeId, string Message, string Signature)
    {
        /// <summary>Never the message nor the signature.</summary>
        public override string ToString() => $"[answer to challenge {ChallengeId}]";
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/wallets", HandleAsync).RequireScope(RoleScopes.AccountManage);

    private static async Task<IResult> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        WalletSignature signatures,
        Database database,
        ILogger<AuthFunction> logger,
        CancellationToken cancellationToken)
    {
        (SiweMessage message, byte[] signature) = Read(request);
        SessionId session = new(caller.SessionId);
        WalletKind? signer = null;
        WalletChallenge? asked = await database.ReadAsync(
            t => ChallengeTable.FindAsync(t, request.ChallengeId, cancellationToken), cancellationToken);

        // One that is no longer open needs no judging: it is refused below, unless this repeats what was answered.
        if (Answer(asked, session, message, database.Now).Failure is null)
        {
            signer = await signatures.JudgeAsync(message, signature, cancellationToken);
            if (signer is null)
                await RefuseSignatureAsync(asked!, signature, database, cancellationToken);
        }

        LinkedWallet response = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/wallets",
            request,
            AuthJson.Default.LinkWalletRequest,
            AuthJson.Default.LinkedWallet,
            transaction => LinkAsync(transaction, request.ChallengeId, session, message, signer, cancellationToken),
            cancellationToken);
        Log.Linked(logger, response.Address, caller.UserId, response.Kind);
        return TypedResults.Created((string?)null, response);
    }

    private static (SiweMessage Message, byte[] Signature) Read(Request request)
    {
        if (!SiweMessage.TryParse(request.Message, out SiweMessage? message))
            throw Malformed("$.message", "The message is not one of Sign-In with Ethereum (ERC-4361).");
        if (!Hex.TryDecode(request.Signature, out byte[]? signature)
            || signature.Length is 0 or > OrderSignature.LengthMax)
        {
            throw Malformed("$.signature", "The signature is not hexadecimal with 0x, or too long.");
        }

        return (message, signature);
    }

    /// <summary>The challenge used up by its answer: every rule of it, and then the text to the octet.</summary>
    private static Decision<WalletChallenge> Answer(
        WalletChallenge? challenge, SessionId session, SiweMessage message, DateTimeOffset now)
    {
        if (challenge is null || !Uri.TryCreate(message.Uri, UriKind.Absolute, out Uri? uri))
            return Invalid("unknown");
        WalletClaim claim = new(message.Address, message.Domain, uri, message.ChainId, message.Nonce);
        Decision<WalletChallenge> decision = challenge.Consume(session, claim, now);
        bool isOther = decision.Failure is null && message != AskWallet.MessageOf(challenge);
        return isOther ? Invalid("another text") : decision;
    }

    private static async Task<LinkedWallet> LinkAsync(
        Transaction transaction,
        ChallengeId id,
        SessionId session,
        SiweMessage message,
        WalletKind? signer,
        CancellationToken cancellationToken)
    {
        WalletChallenge? asked = await ChallengeTable.FindAsync(transaction, id, cancellationToken);
        WalletChallenge answered = Answer(asked, session, message, transaction.Now).OrThrow();
        if (signer is not { } kind || !await ChallengeTable.ConsumeAsync(transaction, answered, cancellationToken))
            throw new FailureException(Invalid("used"));

        ChainId? chain = kind == WalletKind.Contract ? answered.ChainId : null;
        return await AddAsync(
            transaction, new Wallet(answered.Wallet, answered.UserId, kind, chain, transaction.Now), cancellationToken);
    }

    /// <summary>Links a wallet that is proven to be the person's; one that is theirs already stays linked.</summary>
    internal static async Task<LinkedWallet> AddAsync(
        Transaction transaction, Wallet wallet, CancellationToken cancellationToken)
    {
        if (!await WalletTable.TryAddAsync(transaction, wallet, cancellationToken))
        {
            Wallet? linked = await WalletTable.FindAsync(transaction, wallet.Address, cancellationToken);
            return linked?.UserId == wallet.UserId
                ? LinkedWallet.Of(linked)
                : throw new FailureException(FailureCode.WalletAlreadyLinked, "The wallet is another account's.");
        }

        await WalletAnnouncement.AddAsync(transaction, wallet.Address, isLinked: true, cancellationToken);
        List<Wallet> all = await WalletTable.ListAsync(
            transaction, wallet.UserId, ListWallets.CountMax + 1, cancellationToken);
        return all.Count <= ListWallets.CountMax
            ? LinkedWallet.Of(wallet)
            : throw new FailureException(FailureCode.Conflict, $"At most {ListWallets.CountMax} wallets an account.");
    }

    private static async Task RefuseSignatureAsync(
        WalletChallenge asked, byte[] signature, Database database, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            transaction => ChallengeTable.ConsumeAsync(
                transaction, asked with { ConsumedAt = transaction.Now }, cancellationToken),
            cancellationToken);
        throw new FailureException(
            FailureCode.SignatureInvalid,
            WalletSignature.IsOfUndeployed(signature)
                ? "The wallet's contract is not deployed on this chain yet: deploy it, then link it."
                : "The signature is not the wallet's.");
    }

    private static FailureException Malformed(string field, string detail) =>
        new(new Failure(FailureCode.InvalidRequest, detail) { Field = field });

    private static Failure Invalid(string why) =>
        new(FailureCode.ChallengeInvalid, "The challenge is unknown, used or expired.", $"Challenge: {why}.");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Linked {WalletKind} wallet {Wallet} to user {UserId}.")]
        internal static partial void Linked(ILogger logger, Address wallet, Guid userId, WalletKind walletKind);
    }
}
