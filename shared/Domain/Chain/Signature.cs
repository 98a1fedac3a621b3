namespace Souk.Domain.Chain;

/// <summary>A recoverable ECDSA signature over secp256k1.</summary>
/// <remarks>
/// References: Yellow Paper, appendix F (r, s, v); EIP-2098 (64-byte form); EIP-2 (low s).
/// It opens what it signs, so its text is redacted: write <see cref="ToArray"/> where it is really meant.
/// The values are as given; <see cref="IsInRange"/> says whether any key could have made them.
/// </remarks>
/// <param name="R">The x coordinate of the nonce's point.</param>
/// <param name="S">The proof.</param>
/// <param name="YParity">0 or 1: which of the two points with that x.</param>
public readonly record struct Signature(Bytes32 R, Bytes32 S, byte YParity)
{
    /// <summary>Octets of r, s, v.</summary>
    public const int Length = 65;

    /// <summary>Octets of r and s with the parity in its first bit.</summary>
    public const int CompactLength = 64;

    /// <summary>v of the even point in the form that contracts read.</summary>
    private const byte LegacyV = 27;

    private const byte ParityBit = 0x80;

    /// <summary>Whether r and s are scalars and the parity is 0 or 1.</summary>
    public bool IsInRange => YParity <= 1 && Secp256k1.IsScalar(R) && Secp256k1.IsScalar(S);

    /// <summary>Whether s lies in the lower half, as EIP-2 asks of transactions.</summary>
    public bool IsLowS => Secp256k1.IsLow(S);

    /// <summary>Reads 65 octets with v of 0, 1, 27 or 28, or the 64 octets of EIP-2098.</summary>
    /// <returns>False for any other length or v, and for r or s out of range.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Signature signature)
    {
        signature = default;
        Signature read;
        if (bytes.Length == Length)
        {
            byte v = bytes[64];
            if (v is not (0 or 1 or LegacyV or LegacyV + 1)) return false;
            read = new Signature(
                new Bytes32(bytes[..32]), new Bytes32(bytes[32..64]), (byte)(v >= LegacyV ? v - LegacyV : v));
        }
        else if (bytes.Length == CompactLength)
        {
            Span<byte> s = stackalloc byte[Bytes32.Length];
            bytes[32..].CopyTo(s);
            byte parity = (byte)(s[0] >> 7);
            s[0] = (byte)(s[0] & ~ParityBit);
            read = new Signature(new Bytes32(bytes[..32]), new Bytes32(s), parity);
        }
        else
        {
            return false;
        }

        if (!read.IsInRange) return false;
        signature = read;
        return true;
    }

    /// <summary>The same proof with s in the lower half: n - s with the other parity where it was not.</summary>
    public Signature ToLowS() =>
        IsLowS ? this : new Signature(R, Secp256k1.Negate(S), (byte)(YParity ^ 1));

    /// <summary>The 65 octets r, s and v, with v 27 or 28.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        R.CopyTo(bytes);
        S.CopyTo(bytes.AsSpan(32));
        bytes[64] = (byte)(LegacyV + YParity);
        return bytes;
    }

    /// <summary>The 64 octets of EIP-2098. Its form holds only a low s, so <see cref="ToLowS"/> is written.</summary>
    public byte[] ToCompactArray()
    {
        Signature low = ToLowS();
        byte[] bytes = new byte[CompactLength];
        low.R.CopyTo(bytes);
        low.S.CopyTo(bytes.AsSpan(32));
        if (low.YParity == 1) bytes[32] |= ParityBit;
        return bytes;
    }

    /// <summary>Never the signature itself.</summary>
    public override string ToString() => "[signature]";
}
