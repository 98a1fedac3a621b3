using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using Org.BouncyCastle.Utilities;

namespace Souk.Domain.Chain;

/// <summary>ECDSA over secp256k1 as Ethereum uses it: signatures that name their signer.</summary>
/// <remarks>
/// References: SEC 1, section 4.1; SEC 2, section 2.4.1; RFC 6979 (the nonce); EIP-2 (s in the lower half).
/// Parameters: scalars of 32 octets in [1, n). The curve is set up by the first signature, never at start.
/// A signature whose point has an x coordinate of n or more is refused: the EVM has no word for it either.
/// </remarks>
public static class Secp256k1
{
    /// <summary>Finds whose signature it is. Accepts s in either half, as the EVM's ecrecover does.</summary>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="signer">The address of the key, or <see cref="Address.Zero"/> when there is none.</param>
    /// <returns>False when no key could have made it.</returns>
    public static bool TryRecover(Bytes32 digest, Signature signature, out Address signer)
    {
        signer = default;
        if (!signature.IsInRange) return false;

        BigInteger r = ToInteger(signature.R);
        if (!TryDecompress(r, signature.YParity, out ECPoint? point)) return false;

        // Q = r^-1 (s R - z G), as one joint multiplication.
        BigInteger inverse = BigIntegers.ModOddInverse(Curve.Order, r);
        BigInteger forBase = Curve.Order.Subtract(ToInteger(digest).Mod(Curve.Order)).Multiply(inverse);
        BigInteger forPoint = ToInteger(signature.S).Multiply(inverse);
        ECPoint key = ECAlgorithms.SumOfTwoMultiplies(
            Curve.Generator, forBase.Mod(Curve.Order), point, forPoint.Mod(Curve.Order)).Normalize();
        if (key.IsInfinity) return false;

        signer = AddressOf(key);
        return true;
    }

    /// <summary>Whether the signature over the digest is the signer's.</summary>
    public static bool Verify(Bytes32 digest, Signature signature, Address signer) =>
        TryRecover(digest, signature, out Address recovered) && recovered == signer;

    /// <summary>Whether the number is a private key: at least 1 and below the order.</summary>
    internal static bool IsScalar(Bytes32 number) => !number.IsZero && ToNumber(number) < ScalarRange.Order;

    /// <summary>Whether s lies in the half that EIP-2 asks of transactions.</summary>
    internal static bool IsLow(Bytes32 s) => ToNumber(s) <= ScalarRange.Half;

    /// <summary>The other s of the same signature, n - s.</summary>
    internal static Bytes32 Negate(Bytes32 s) => (ScalarRange.Order - ToNumber(s)).ToBytes32();

    internal static Address AddressOf(BigInteger privateKey) => AddressOf(MultiplyBase(privateKey));

    /// <summary>Signs with the nonce of RFC 6979 (HMAC-SHA-256) and s in the lower half.</summary>
    internal static Signature Sign(BigInteger privateKey, Bytes32 digest)
    {
        BigInteger z = ToInteger(digest);
        var nonces = new HMacDsaKCalculator(new Sha256Digest());
        nonces.Init(Curve.Order, privateKey, digest.ToArray());
        while (true)
        {
            BigInteger nonce = nonces.NextK();
            ECPoint point = MultiplyBase(nonce);
            BigInteger r = point.AffineXCoord.ToBigInteger();
            if (r.CompareTo(Curve.Order) >= 0) continue;

            BigInteger s = BigIntegers.ModOddInverse(Curve.Order, nonce)
                .Multiply(z.Add(r.Multiply(privateKey))).Mod(Curve.Order);
            if (s.SignValue == 0) continue;

            byte yParity = (byte)(point.AffineYCoord.TestBitZero() ? 1 : 0);
            return new Signature(ToWord(r), ToWord(s), yParity).ToLowS();
        }
    }

    internal static BigInteger ToInteger(Bytes32 word) => new(1, word.ToArray());

    private static UInt256 ToNumber(Bytes32 word)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        word.CopyTo(bytes);
        return UInt256.FromBigEndian(bytes);
    }

    private static Bytes32 ToWord(BigInteger value) => new(BigIntegers.AsUnsignedByteArray(Bytes32.Length, value));

    private static ECPoint MultiplyBase(BigInteger scalar) =>
        Curve.BaseMultiplier.Multiply(Curve.Generator, scalar).Normalize();

    private static bool TryDecompress(BigInteger x, byte yParity, out ECPoint point)
    {
        byte[] compressed = new byte[1 + Bytes32.Length];
        compressed[0] = (byte)(2 + yParity);
        BigIntegers.AsUnsignedByteArray(x, compressed, 1, Bytes32.Length);
        try
        {
            point = Curve.Generator.Curve.DecodePoint(compressed);
            return true;
        }
        catch (ArgumentException)
        {
            // No point of the curve has this x: the library's only way to say so.
            point = Curve.Generator;
            return false;
        }
    }

    private static Address AddressOf(ECPoint key)
    {
        Span<byte> encoded = stackalloc byte[65];
        key.EncodeTo(compressed: false, encoded);
        return Address.FromPublicKey(encoded[1..]);
    }

    /// <summary>The order as our own integer: ranges are checked without the curve.</summary>
    private static class ScalarRange
    {
        internal static readonly UInt256 Order = UInt256.ParseHexQuantity(
            "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

        internal static readonly UInt256 Half = Order / 2;
    }

    /// <summary>Set up on first use, by the class's own initializer.</summary>
    private static class Curve
    {
        internal static readonly FixedPointCombMultiplier BaseMultiplier = new();
        private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByOid(SecObjectIdentifiers.SecP256k1);

        internal static ECPoint Generator => Parameters.G;

        internal static BigInteger Order => Parameters.N;
    }
}
