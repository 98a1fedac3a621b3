using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Hosting;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Randomness;

namespace Souk.Auth;

/// <summary><c>POST /v1/wallets/challenges</c>: makes the message that a wallet is to sign to be linked.</summary>
/// <remarks>Refuses with <c>chain_unknown</c>, <c>rate_limited</c>, in that order.</remarks>
internal static class AskWallet
{
    private const string Statement = "Link this wallet to your account. Signing costs nothing and moves nothing.";

    private const string NonceAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>In characters; 20 of 62 are 119 bits.</summary>
    private const int NonceLength = 20;

    /// <param name="Address">The account to link.</param>
    /// <param name="ChainId">The chain that a contract answers on; for a key any chain of this installation.</param>
    internal sealed record Request(Address Address, ChainId ChainId);

    /// <param name="Id">To be sent back with the signature.</param>
    /// <param name="Message">What the wallet signs (ERC-4361), to the octet.</param>
    /// <param name="ExpiresAt">Until when it can be answered.</param>
    internal sealed record Response(ChallengeId Id, string Message, DateTimeOffset ExpiresAt)
    {
        /// <summary>Never the message.</summary>
        public override string ToString() => $"[challenge {Id}]";
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/wallets/challenges", HandleAsync).RequireScope(RoleScopes.AccountManage);

    /// <summary>The message that answers a challenge; the one text that is taken for it.</summary>
    internal static SiweMessage MessageOf(WalletChallenge challenge) => new()
    {
        Domain = challenge.Domain,
        Address = challenge.Wallet,
        Statement = Statement,
        Uri = challenge.Uri.OriginalString,
        ChainId = challenge.ChainId,
        Nonce = challenge.Nonce,
        IssuedAt = challenge.IssuedAt,
        ExpirationTime = challenge.ExpiresAt,
        RequestId = challenge.Id.ToString(),
    };

    private static async Task<IResult> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        ChainRegistry chains,
        SiteOptions site,
        RateLimit limit,
        AuthOptions options,
        Database database,
        EntropySource entropy,
        CancellationToken cancellationToken)
    {
        ChainSettings chain = chains.Get(request.ChainId);
        await limit.PassAsync(
            "challenge/user", caller.UserId.ToString(), options.ChallengesPerUser, cancellationToken);
        Response response = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/wallets/challenges",
            request,
            AuthJson.Default.AskWalletRequest,
            AuthJson.Default.AskWalletResponse,
            async transaction =>
            {
                WalletChallenge challenge = new(
                    new ChallengeId(transaction.NewId()),
                    new SessionId(caller.SessionId),
                    new UserId(caller.UserId),
                    request.Address,
                    site.Domain,
                    site.Uri!,
                    chain.Id,
                    NewNonce(entropy),
                    transaction.Now,
                    transaction.Now + SessionLimits.ChallengeLifetime);
                await ChallengeTable.AddAsync(transaction, challenge, cancellationToken);
                return new Response(challenge.Id, MessageOf(challenge).ToString(), challenge.ExpiresAt);
            },
            cancellationToken);
        return TypedResults.Created((string?)null, response);
    }

    /// <summary>Letters and digits, each as likely as any other.</summary>
    /// <remarks>Octets beyond a whole number of alphabets are thrown away.</remarks>
    private static string NewNonce(EntropySource entropy)
    {
        int fair = 256 - (256 % NonceAlphabet.Length);
        Span<char> nonce = stackalloc char[NonceLength];
        Span<byte> one = stackalloc byte[1];
        for (int i = 0; i < nonce.Length;)
        {
            entropy.Fill(one);
            if (one[0] < fair)
                nonce[i++] = NonceAlphabet[one[0] % NonceAlphabet.Length];
        }

        return new string(nonce);
    }
}
