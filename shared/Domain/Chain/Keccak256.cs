using System.Text;
using Org.BouncyCastle.Crypto.Digests;

namespace Souk.Domain.Chain;

/// <summary>Keccak-256, the hash of Ethereum.</summary>
/// <remarks>
/// References: Keccak submission 3.0 with its original padding 0x01; Yellow Paper, section 3. It is not SHA3-256
/// of FIPS 202, which pads with 0x06 and answers other digests.
/// Parameters: rate 136 octets, capacity 64, digest 32.
/// </remarks>
public static class Keccak256
{
    /// <summary>The digest of the octets.</summary>
    public static Bytes32 Hash(ReadOnlySpan<byte> bytes)
    {
        Keccak256Digest digest = Start();
        digest.Append(bytes);
        return digest.Finish();
    }

    /// <summary>The digest of the text's UTF-8.</summary>
    /// <exception cref="EncoderFallbackException">The text holds an unpaired surrogate.</exception>
    public static Bytes32 HashText(string text) => Hash(StrictUtf8.GetBytes(text));

    /// <summary>A digest to be fed piece by piece.</summary>
    public static Keccak256Digest Start() => new();
}

/// <summary>Keccak-256 over pieces: what was appended, in order, then one digest. Not thread-safe.</summary>
public sealed class Keccak256Digest
{
    private readonly KeccakDigest _digest = new(256);

    internal Keccak256Digest()
    {
    }

    /// <summary>Adds octets to what will be hashed.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _digest.BlockUpdate(bytes);

    /// <summary>Adds the 32 octets of a word.</summary>
    public void Append(Bytes32 word)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        word.CopyTo(bytes);
        _digest.BlockUpdate(bytes);
    }

    /// <summary>The digest of everything appended; the next piece begins a new one.</summary>
    public Bytes32 Finish()
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        _digest.DoFinal(bytes);
        return new Bytes32(bytes);
    }
}
