using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Souk.Platform.MetaKeep;

/// <summary>One MetaKeep app's API key and secret: who may have its wallet sign.</summary>
/// <remarks>
/// An API key is the Base64 of a compressed P-256 public key, its secret the Base64URL of the private scalar. The
/// secret never leaves the process: it only signs requests. Neither is ever printed. Source: MetaKeep "API
/// signature" and "Manage API keys" (read 2026-11).
/// </remarks>
public sealed class MetaKeepCredential
{
    private const int ScalarLength = 32;
    private const int CompressedPointLength = 33;
    private readonly byte[] _scalar;

    private MetaKeepCredential(string apiKey, byte[] scalar) => (ApiKey, _scalar) = (apiKey, scalar);

    /// <summary>The API key as it goes into <c>x-api-key</c>.</summary>
    public string ApiKey { get; }

    /// <summary>Reads a key and its secret, and checks that they belong together.</summary>
    /// <exception cref="FormatException">They do not, or one is malformed. The message repeats neither.</exception>
    public static MetaKeepCredential Parse(string apiKey, string apiSecret)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        ArgumentNullException.ThrowIfNull(apiSecret);
        try
        {
            byte[] point = Convert.FromBase64String(apiKey);
            byte[] scalar = Base64Url.DecodeFromChars(apiSecret.TrimEnd('='));
            if (point.Length == CompressedPointLength && scalar.Length == ScalarLength
                && point.AsSpan().SequenceEqual(CompressedPublicKey(scalar)))
            {
                return new MetaKeepCredential(apiKey, scalar);
            }
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            throw new FormatException("The MetaKeep API key or secret is malformed.");
        }

        throw new FormatException("The MetaKeep API key and secret do not belong together.");
    }

    /// <summary>Never the key or the secret.</summary>
    public override string ToString() => "[metakeep credential]";

    /// <summary>The text whose signature authorises a request.</summary>
    /// <param name="host">MetaKeep's host name, without a scheme.</param>
    /// <param name="method">The HTTP method in capitals.</param>
    /// <param name="path">The exact path that is asked.</param>
    /// <param name="idempotencyKey">The idempotency key sent; null when none is.</param>
    /// <param name="timestamp">Unix milliseconds; MetaKeep takes one minute to either side.</param>
    /// <param name="body">The exact octets sent.</param>
    internal static byte[] StringToSign(
        string host, string method, string path, string? idempotencyKey, long timestamp, ReadOnlySpan<byte> body)
    {
        string idempotency = idempotencyKey is null ? "" : $"Idempotency-Key:{idempotencyKey}\n";
        byte[] head = Encoding.UTF8.GetBytes(
            string.Create(null, $"{host}\n{method}\n{path}\n{idempotency}X-Timestamp:{timestamp}\n"));
        return [.. head, .. body];
    }

    /// <summary>The request signature: ECDSA over the hash of a hash, as r and s in Base64.</summary>
    internal string Sign(ReadOnlySpan<byte> stringToSign)
    {
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = _scalar });
        // The vendor hashes the text first and then signs that hash as a message, which hashes it again.
        byte[] signature = key.SignData(
            SHA256.HashData(stringToSign),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return Convert.ToBase64String(signature);
    }

    private static byte[] CompressedPublicKey(byte[] scalar)
    {
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        return [(byte)((point.Y![^1] & 1) == 0 ? 2 : 3), .. point.X!];
    }
}
