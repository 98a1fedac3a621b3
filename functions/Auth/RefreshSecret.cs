using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Platform.Randomness;

namespace Souk.Auth;

/// <summary>The secret of a refresh token: opaque to its holder, known to us by its hash alone.</summary>
/// <remarks>
/// 32 random octets as base64url. Browsers hold it in a cookie that no script reads, that no other site sends and that
/// no other host sets (RFC 6265bis: the <c>__Host-</c> prefix demands Secure, Path=/ and no Domain).
/// </remarks>
internal sealed class RefreshSecret
{
    internal const string CookieName = "__Host-souk-refresh";

    private const int ByteCount = 32;

    private RefreshSecret(string value) => Value = value;

    /// <summary>The text that the holder keeps.</summary>
    internal string Value { get; }

    /// <summary>SHA-256 of the text: what is stored.</summary>
    internal Bytes32 Hash => new(SHA256.HashData(Encoding.ASCII.GetBytes(Value)));

    /// <summary>A new secret.</summary>
    internal static RefreshSecret Create(EntropySource entropy) => new(entropy.NewToken(ByteCount));

    /// <summary>Reads what <see cref="Create"/> makes; false for any other text.</summary>
    internal static bool TryParse(string? text, [NotNullWhen(true)] out RefreshSecret? secret)
    {
        bool isSecret = text is not null && Base64Url.IsValid(text, out int length) && length == ByteCount;
        secret = isSecret ? new RefreshSecret(text!) : null;
        return isSecret;
    }

    /// <summary>Sets the cookie until the token lapses.</summary>
    internal void SetCookie(HttpContext context, RefreshToken token) =>
        context.Response.Cookies.Append(CookieName, Value, Cookie(token.ExpiresAt));

    /// <summary>Takes the cookie away.</summary>
    internal static void ClearCookie(HttpContext context) =>
        context.Response.Cookies.Append(CookieName, "", Cookie(DateTimeOffset.UnixEpoch));

    /// <summary>Never the secret.</summary>
    public override string ToString() => "[refresh secret]";

    private static CookieOptions Cookie(DateTimeOffset expiresAt) => new()
    {
        Secure = true,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        Expires = expiresAt,
    };
}
