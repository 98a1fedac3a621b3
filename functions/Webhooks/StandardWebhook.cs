using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Souk.Domain.Failures;

namespace Souk.Webhooks;

/// <summary>The signature scheme of Standard Webhooks.</summary>
/// <remarks>
/// Source: the Standard Webhooks specification 1.0. What is signed is the id, the time and the body, parted by dots;
/// the signature is the base64 of its HMAC-SHA256 behind <c>v1,</c>. Several stand in one header, parted by spaces, and
/// one that matches is enough; other versions (<c>v1a</c>) are passed over. Secrets are base64 of 24 to 64 octets, with
/// or without <c>whsec_</c> before it, as the published libraries take them.
/// </remarks>
internal static class StandardWebhook
{
    internal const string IdHeader = "webhook-id";
    internal const string TimestampHeader = "webhook-timestamp";
    internal const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const string SignaturePrefix = "v1,";
    private const int SecretBytesMin = 24;
    private const int SecretBytesMax = 64;
    private const int IdLengthMax = 200;

    /// <summary>A sender may send two keys' signatures while it replaces one; more than this is no sender's.</summary>
    private const int SignaturesMax = 16;

    /// <summary>How far the sender's clock may be from ours, either way.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>The octets of a secret; null when it is none.</summary>
    internal static byte[]? TryReadSecret(string? text)
    {
        if (text is null)
            return null;
        int prefix = text.StartsWith(SecretPrefix, StringComparison.Ordinal) ? SecretPrefix.Length : 0;
        byte[] key = new byte[SecretBytesMax];
        bool isBase64 = Convert.TryFromBase64Chars(text.AsSpan(prefix), key, out int length);
        return isBase64 && length >= SecretBytesMin ? key[..length] : null;
    }

    /// <summary>The id of a delivery that one of the keys signed within the last five minutes.</summary>
    /// <exception cref="FailureException">
    /// <c>webhook_signature_invalid</c>: a header is missing or malformed, the time is too far off, or no key signed.
    /// </exception>
    internal static string Verify(
        IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> keys, DateTimeOffset now)
    {
        string? id = headers[IdHeader];

        // A dot in it would let what was signed be parted elsewhere.
        if (id is not { Length: > 0 and <= IdLengthMax } || id.Any(c => c is <= ' ' or > '~' or '.'))
            throw Refused("The header webhook-id is missing or malformed.");
        string? timestamp = headers[TimestampHeader];
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
            throw Refused("The header webhook-timestamp is missing or malformed.");
        if (Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) > (decimal)Tolerance.TotalSeconds)
            throw Refused("The webhook's time is more than five minutes from ours.");
        string? signatures = headers[SignatureHeader];
        if (string.IsNullOrEmpty(signatures))
            throw Refused("The header webhook-signature is missing.");
        return IsSigned(id, timestamp!, body, signatures, keys)
            ? id
            : throw Refused("The signature does not match the body.");
    }

    /// <summary>Whether any of the signatures is one of the keys'; compares each with each, in constant time.</summary>
    internal static bool IsSigned(
        string id, string timestamp, ReadOnlySpan<byte> body, string signatures, IReadOnlyList<byte[]> keys)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        string[] parts = signatures.Split(' ', SignaturesMax + 1, StringSplitOptions.RemoveEmptyEntries);
        bool isSigned = false;
        foreach (byte[] key in keys)
        {
            using IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
            hash.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
            hash.AppendData(body);
            hash.GetHashAndReset(expected);
            foreach (string part in parts.Take(SignaturesMax))
            {
                if (part.StartsWith(SignaturePrefix, StringComparison.Ordinal)
                    && Convert.TryFromBase64Chars(part.AsSpan(SignaturePrefix.Length), given, out int length))
                {
                    isSigned |= length == given.Length && CryptographicOperations.FixedTimeEquals(given, expected);
                }
            }
        }

        return isSigned;
    }

    private static FailureException Refused(string detail) => new(FailureCode.WebhookSignatureInvalid, detail);
}
