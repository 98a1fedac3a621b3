using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Souk.Platform.Http;

/// <summary>The protected header of a signed token: only the members that Souk acts on.</summary>
/// <param name="Alg">The algorithm the token claims; believed only when it is the one the caller pins.</param>
/// <param name="Kid">Which key it claims to be signed with; null when absent.</param>
/// <param name="Typ">Its media type, such as <c>at+jwt</c>; null when absent.</param>
public sealed record JsonWebTokenHeader(string Alg, string? Kid, string? Typ);

/// <summary>A compact JSON Web Signature, taken apart but not yet believed.</summary>
/// <remarks>
/// RFC 7515 sections 3.1 and 7.1, RFC 7518 sections 3.3 and 3.4. Parsing is strict: three segments, canonical
/// unpadded base64url, a header object without repeated members and without <c>crit</c>. The caller picks the key and,
/// by the method it calls, the algorithm; the token has a say in neither. Claims are the caller's to check.
/// </remarks>
public sealed class JsonWebToken
{
    /// <summary>
    /// The longest compact text that is looked at, in characters. Vendors' tokens have one to two thousand.
    /// </summary>
    public const int CompactCharactersMax = 8192;

    private const int SegmentCount = 3;
    private const int Es256SignatureBytes = 64;
    private const int HeaderDepthMax = 4;

    private JsonWebToken(JsonWebTokenHeader header, byte[] payload, byte[] signingInput, byte[] signature) =>
        (Header, PayloadUtf8, SigningInput, Signature) = (header, payload, signingInput, signature);

    /// <summary>The protected header.</summary>
    public JsonWebTokenHeader Header { get; }

    /// <summary>The payload's octets, as signed; not yet parsed.</summary>
    public ReadOnlyMemory<byte> PayloadUtf8 { get; }

    /// <summary>The octets under the signature: header and payload segments joined by a dot.</summary>
    public ReadOnlyMemory<byte> SigningInput { get; }

    /// <summary>The signature's octets.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Takes a compact token apart; false when it is too long or malformed in any way.</summary>
    public static bool TryParse([NotNullWhen(true)] string? compact, [NotNullWhen(true)] out JsonWebToken? token)
    {
        token = null;
        if (compact is null || compact.Length > CompactCharactersMax)
            return false;

        // One more than wanted, so that a fourth segment is seen rather than glued to the third.
        Span<Range> segments = stackalloc Range[SegmentCount + 1];
        ReadOnlySpan<char> text = compact;
        if (text.Split(segments, '.') != SegmentCount)
            return false;

        if (!TryDecode(text[segments[0]], out byte[]? header)
            || !TryDecode(text[segments[1]], out byte[]? payload)
            || !TryDecode(text[segments[2]], out byte[]? signature)
            || !TryReadHeader(header, out JsonWebTokenHeader? read))
        {
            return false;
        }

        byte[] signingInput = Encoding.ASCII.GetBytes(compact, 0, segments[1].End.GetOffset(compact.Length));
        token = new JsonWebToken(read, payload, signingInput, signature);
        return true;
    }

    /// <summary>What is to be signed for a token of this header and payload, both JSON objects in UTF-8.</summary>
    public static string ComposeSigningInput(ReadOnlySpan<byte> headerUtf8, ReadOnlySpan<byte> payloadUtf8) =>
        string.Concat(Base64Url.EncodeToString(headerUtf8), ".", Base64Url.EncodeToString(payloadUtf8));

    /// <summary>The compact token made of what was signed and its signature.</summary>
    public static string Compose(string signingInput, ReadOnlySpan<byte> signature) =>
        string.Concat(signingInput, ".", Base64Url.EncodeToString(signature));

    /// <summary>Whether the token says ES256 and <paramref name="key"/>, on P-256, signed it.</summary>
    public bool VerifyEs256(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Header.Alg == "ES256"
            && key.KeySize == 256
            && Signature.Length == Es256SignatureBytes
            && key.VerifyData(
                SigningInput.Span,
                Signature.Span,
                HashAlgorithmName.SHA256,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Whether the token says RS256 and <paramref name="key"/>, of 2048 bits or more, signed it.</summary>
    public bool VerifyRs256(RSA key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Header.Alg == "RS256"
            && key.KeySize >= 2048
            && Signature.Length == key.KeySize / 8
            && key.VerifyData(
                SigningInput.Span, Signature.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    /// <summary>Nothing of the token: it is a bearer's secret.</summary>
    public override string ToString() => "JsonWebToken(redacted)";

    private static bool TryDecode(ReadOnlySpan<char> segment, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (segment.IsEmpty)
            return false;

        byte[] decoded = new byte[Base64Url.GetMaxDecodedLength(segment.Length)];
        if (Base64Url.DecodeFromChars(segment, decoded, out _, out int written) != OperationStatus.Done)
            return false;

        // The decoder forgives padding, white space and stray low bits; one text a value leaves no room for those.
        bytes = decoded.AsSpan(0, written).ToArray();
        return segment.SequenceEqual(Base64Url.EncodeToString(bytes));
    }

    private static bool TryReadHeader(byte[] utf8, [NotNullWhen(true)] out JsonWebTokenHeader? header)
    {
        header = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                utf8, new JsonDocumentOptions { MaxDepth = HeaderDepthMax, AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || root.TryGetProperty("crit", out _)
                || !TryReadText(root, "alg", out string? alg)
                || !TryReadText(root, "kid", out string? kid)
                || !TryReadText(root, "typ", out string? typ)
                || alg is null)
            {
                return false;
            }

            header = new JsonWebTokenHeader(alg, kid, typ);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is half a surrogate pair, escaped: well-formed JSON, but no text.
            return false;
        }
    }

    private static bool TryReadText(JsonElement root, string name, out string? text)
    {
        text = null;
        if (!root.TryGetProperty(name, out JsonElement member))
            return true;

        if (member.ValueKind != JsonValueKind.String)
            return false;

        text = member.GetString();
        return true;
    }
}
