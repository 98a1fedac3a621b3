using Org.BouncyCastle.Math;

namespace Souk.Domain.Chain;

/// <summary>A secp256k1 private key: a demo account, a stand-in's signer, a chain's zone signer.</summary>
/// <remarks>
/// The platform's money is signed elsewhere: its keys never enter a process. The big integers beneath are not
/// constant-time in every step, so no caller may be let time many signatures finely. Text and comparison tell
/// nothing of the key.
/// </remarks>
public sealed class PrivateKey
{
    /// <summary>The number of octets.</summary>
    public const int Length = 32;

    private readonly BigInteger _scalar;
    private readonly Lazy<Address> _address;

    /// <summary>Copies the 32 octets of a scalar.</summary>
    /// <exception cref="ArgumentException">The length is another, or the number is 0, or n or more.</exception>
    public PrivateKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length || !Secp256k1.IsScalar(new Bytes32(bytes)))
            throw new ArgumentException("The octets are no private key of secp256k1.", nameof(bytes));

        _scalar = Secp256k1.ToInteger(new Bytes32(bytes));
        _address = new Lazy<Address>(() => Secp256k1.AddressOf(_scalar));
    }

    /// <summary>The account that the key controls.</summary>
    public Address Address => _address.Value;

    /// <summary>Reads 64 hexadecimal digits, with <c>0x</c> or without as vaults and wallets differ in it.</summary>
    /// <exception cref="FormatException">The text is no key. The message does not repeat it.</exception>
    public static PrivateKey Parse(string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        string prefixed = hex.Length == Length * 2 ? $"0x{hex}" : hex;
        Span<byte> bytes = stackalloc byte[Length];
        if (!Hex.TryDecode(prefixed, bytes) || !Secp256k1.IsScalar(new Bytes32(bytes)))
            throw new FormatException("The text is no private key of secp256k1.");
        return new PrivateKey(bytes);
    }

    /// <summary>Signs a digest: the same one always gives the same signature (RFC 6979), with a low s.</summary>
    public Signature Sign(Bytes32 digest) => Secp256k1.Sign(_scalar, digest);

    /// <summary>Never the key itself.</summary>
    public override string ToString() => "[private key]";
}
