using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>The 20-byte name of an account or contract.</summary>
/// <remarks>
/// References: EIP-55 (checksum in the letters' case), EIP-1014 (CREATE2), Yellow Paper, section 7 (CREATE).
/// Text: <c>0x</c> and 40 hexadecimal digits, written with the checksum; a text in mixed case is read only if its
/// checksum is right, one in a single case carries none. The same 20 bytes may be different parties on two chains.
/// </remarks>
[JsonConverter(typeof(ParsableJsonConverter<Address>))]
public readonly record struct Address : ISpanParsable<Address>
{
    /// <summary>The number of octets.</summary>
    public const int Length = 20;

    /// <summary>The number of characters of the text, its <c>0x</c> included.</summary>
    private const int TextLength = 42;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly uint _third;

    /// <summary>Copies exactly 20 octets.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length) throw new ArgumentException("An address has 20 octets.", nameof(bytes));

        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>Nobody: the sender of a mint, the token "native currency" of an order.</summary>
    public static Address Zero => default;

    /// <summary>Whether all octets are zero.</summary>
    public bool IsZero => this == default;

    /// <summary>The account of a key pair: the last 20 octets of Keccak-256 of its public key.</summary>
    /// <param name="publicKey64">X and Y, 32 octets each, without the leading 0x04.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public static Address FromPublicKey(ReadOnlySpan<byte> publicKey64)
    {
        if (publicKey64.Length != 64) throw new ArgumentException("X and Y have 64 octets.", nameof(publicKey64));
        return LastOctetsOf(Keccak256.Hash(publicKey64));
    }

    /// <summary>Where CREATE puts the contract that the creator deploys with its transaction of this nonce.</summary>
    /// <param name="creator">The deploying account or contract.</param>
    /// <param name="nonce">Its nonce at the deployment; a contract's first is 1.</param>
    public static Address OfContract(Address creator, ulong nonce) =>
        LastOctetsOf(Keccak256.Hash(Rlp.Encode(RlpItem.Of(RlpItem.Of(creator.ToArray()), RlpItem.Of(nonce)))));

    /// <summary>Where CREATE2 puts a contract: independent of any nonce (EIP-1014).</summary>
    /// <param name="creator">The deploying contract.</param>
    /// <param name="salt">The salt it passes.</param>
    /// <param name="initCodeHash">Keccak-256 of the creation code with its constructor arguments.</param>
    public static Address OfContract2(Address creator, Bytes32 salt, Bytes32 initCodeHash)
    {
        Span<byte> preimage = stackalloc byte[1 + Length + Bytes32.Length + Bytes32.Length];
        preimage[0] = 0xff;
        creator.CopyTo(preimage[1..]);
        salt.CopyTo(preimage[21..]);
        initCodeHash.CopyTo(preimage[53..]);
        return LastOctetsOf(Keccak256.Hash(preimage));
    }

    /// <summary>Reads <c>0x</c> and 40 hexadecimal digits, a mixed case only with the right checksum.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static Address Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static Address Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out Address value)
            ? value
            : throw new FormatException("The text is not an address, or its checksum is wrong.");

    /// <summary>Reads what <see cref="Parse(string, IFormatProvider?)"/> reads; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out Address result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out Address)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Address result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out Address)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Address result)
    {
        result = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (!Hex.TryDecode(s, bytes)) return false;

        var address = new Address(bytes);
        if (IsMixedCase(s[2..]) && !address.HasChecksumText(s)) return false;
        result = address;
        return true;
    }

    /// <summary>Writes the 20 octets to the start of the destination.</summary>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Length)
            throw new ArgumentException("An address has 20 octets.", nameof(destination));

        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _third);
    }

    /// <summary>The 20 octets in an array of the caller's own.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary><c>0x</c> and 40 digits with the EIP-55 checksum.</summary>
    public override string ToString() => string.Create(TextLength, this, static (text, it) => it.WriteText(text));

    /// <summary><c>0x</c> and 40 lower-case digits, for vendors that compare texts.</summary>
    public string ToLowerHex()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Hex.Encode(bytes);
    }

    private static Address LastOctetsOf(Bytes32 hash)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        hash.CopyTo(bytes);
        return new Address(bytes[(Bytes32.Length - Length)..]);
    }

    private static bool IsMixedCase(ReadOnlySpan<char> digits) =>
        digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F');

    private bool HasChecksumText(ReadOnlySpan<char> text)
    {
        Span<char> expected = stackalloc char[TextLength];
        WriteText(expected);
        return text.SequenceEqual(expected);
    }

    private void WriteText(Span<char> text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        text[0] = '0';
        text[1] = 'x';
        Span<char> digits = text[2..];
        Convert.TryToHexStringLower(bytes, digits, out _);

        Span<byte> ascii = stackalloc byte[Length * 2];
        for (int i = 0; i < ascii.Length; i++) ascii[i] = (byte)digits[i];
        Span<byte> hash = stackalloc byte[Bytes32.Length];
        Keccak256.Hash(ascii).CopyTo(hash);

        for (int i = 0; i < digits.Length; i++)
        {
            int nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0xf;
            if (nibble >= 8) digits[i] = char.ToUpperInvariant(digits[i]);
        }
    }
}
