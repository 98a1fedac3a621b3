using Souk.Domain.Chain;

namespace Souk.Auth.Tests.World;

/// <summary>Wallets with keys of their own, and what their extensions do.</summary>
internal static class WalletKeys
{
    private static int s_count;

    /// <summary>A key that no other test has.</summary>
    internal static PrivateKey Next() =>
        new(Keccak256.HashText($"wallet {Interlocked.Increment(ref s_count)}").ToArray());

    /// <summary><c>personal_sign</c>, in hexadecimal.</summary>
    internal static string SignText(this PrivateKey key, string message) =>
        Hex.Encode(key.Sign(Eip191.HashPersonalMessage(message)).ToArray());

    /// <summary>Asks for the message that links a wallet.</summary>
    internal static Task<Answer> AskAsync(this AuthRoom room, Visitor visitor, Address wallet, string? key = null) =>
        room.PostAsync(
            "/v1/wallets/challenges",
            $$"""{"address":"{{wallet}}","chainId":{{room.Chain}}}""",
            visitor.AccessToken,
            key ?? Guid.NewGuid().ToString());

    /// <summary>Answers a challenge.</summary>
    internal static Task<Answer> LinkAsync(
        this AuthRoom room, Visitor visitor, Answer asked, string message, string signature, string? key = null) =>
        room.PostAsync(
            "/v1/wallets",
            $$"""
            {"challengeId":"{{asked.Text("id")}}","message":{{Quote(message)}},"signature":"{{signature}}"}
            """,
            visitor.AccessToken,
            key ?? Guid.NewGuid().ToString());

    /// <summary>Asks, signs as the wallet would, and answers.</summary>
    internal static async Task<Answer> LinkAsync(this AuthRoom room, Visitor visitor, PrivateKey wallet)
    {
        Answer asked = await room.AskAsync(visitor, wallet.Address);
        string message = asked.Text("message");
        return await room.LinkAsync(visitor, asked, message, wallet.SignText(message));
    }

    /// <summary>The data of the events about a wallet, in the order of their numbers.</summary>
    internal static async Task<string[]> AnnouncedAsync(this AuthRoom room, Address wallet) =>
        (string[])(await room.ExecuteAsync(
            $"""
            SELECT array(SELECT data::text FROM outbox
                WHERE type = 'souk.wallet.changed.v1' AND subject = 'wallet/{wallet}' ORDER BY sequence)
            """))!;

    private static string Quote(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";
}
