using System.Security.Cryptography;
using System.Text;
using Souk.Domain.Chain;
using Souk.Domain.Failures;

namespace Souk.Domain.Sessions;

/// <summary>What a wallet says of itself in the message it signed (ERC-4361).</summary>
/// <param name="Wallet">The account.</param>
/// <param name="Domain">The site, as in <c>souk.example</c>.</param>
/// <param name="Uri">What is signed in to.</param>
/// <param name="ChainId">The chain the account lives on.</param>
/// <param name="Nonce">The challenge's own.</param>
public sealed record WalletClaim(Address Wallet, string Domain, Uri Uri, ChainId ChainId, string Nonce);

/// <summary>A question put to a wallet once: sign this to be linked to the session's user.</summary>
/// <param name="Id">Its name.</param>
/// <param name="SessionId">The session that asked.</param>
/// <param name="UserId">The user to link to.</param>
/// <param name="Wallet">The account that was asked.</param>
/// <param name="Domain">The site.</param>
/// <param name="Uri">What is signed in to.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Nonce">At least 8 letters and digits, random.</param>
/// <param name="IssuedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it can be answered; exclusive.</param>
/// <param name="ConsumedAt">When it was answered; null while it can be.</param>
public sealed record WalletChallenge(
    ChallengeId Id,
    SessionId SessionId,
    UserId UserId,
    Address Wallet,
    string Domain,
    Uri Uri,
    ChainId ChainId,
    string Nonce,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? ConsumedAt = null)
{
    /// <summary>Uses the challenge up, if the message is the answer to it.</summary>
    /// <remarks>
    /// Whatever is wrong, the caller learns only that the challenge is invalid; which it was stands in the internal
    /// message. The signature itself is judged beside this rule, and the row is consumed even if it is wrong.
    /// </remarks>
    /// <param name="session">The session that answers.</param>
    /// <param name="claim">What the signed message says.</param>
    /// <param name="now">Our time.</param>
    /// <returns>The consumed challenge, or refuses with <c>challenge_invalid</c>.</returns>
    public Decision<WalletChallenge> Consume(SessionId session, WalletClaim claim, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (SessionId != session) return Refuse("another session");
        if (ConsumedAt is not null) return Refuse("used");
        if (now >= ExpiresAt) return Refuse("expired");
        if (!IsSameText(Nonce, claim.Nonce)) return Refuse("another nonce");
        if (!string.Equals(Domain, claim.Domain, StringComparison.Ordinal)) return Refuse("another domain");
        if (Uri != claim.Uri) return Refuse("another URI");
        if (ChainId != claim.ChainId) return Refuse("another chain");
        if (Wallet != claim.Wallet) return Refuse("another wallet");
        return this with { ConsumedAt = now };
    }

    /// <summary>Never the nonce.</summary>
    public override string ToString() => $"[challenge {Id}]";

    private static bool IsSameText(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static Failure Refuse(string why) =>
        new(FailureCode.ChallengeInvalid, "The challenge is unknown, used or expired.", $"Challenge: {why}.");
}
