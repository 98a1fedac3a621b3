using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Eips;

/// <summary>Type-2 transactions: what was signed is what is read, and nothing else is read.</summary>
public sealed class Eip1559Tests
{
    private static readonly PrivateKey Key = new(Keccak256.HashText("cow").ToArray());

    private static readonly Eip1559Transaction Transfer = new(
        new ChainId(1),
        7,
        Wei.FromUlong(1_000_000_000),
        Wei.FromUlong(30_000_000_000),
        21_000,
        Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        Wei.FromUlong(1_000_000_000_000_000_000),
        default);

    private static readonly Signature Signed = Key.Sign(Transfer.SigningHash());

    [Fact]
    public void Reads_what_it_wrote_and_finds_the_sender()
    {
        byte[] raw = Transfer.Encode(Signed);

        Assert.True(Eip1559Transaction.TryDecode(raw, out Eip1559Transaction? read, out Signature signature));
        Assert.Equal(Transfer, read);
        Assert.Equal(raw, read.Encode(signature));
        Assert.True(Secp256k1.Verify(read.SigningHash(), signature, Key.Address));
        Assert.Equal(Keccak256.Hash(raw), Eip1559Transaction.HashOf(raw).Value);
    }

    [Fact]
    public void Is_equal_by_the_content_of_its_data()
    {
        Eip1559Transaction one = Transfer with { Data = new byte[] { 1, 2 } };
        Eip1559Transaction same = Transfer with { Data = new byte[] { 1, 2 } };

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, Transfer with { Data = new byte[] { 1, 3 } });
        Assert.NotEqual(one, Transfer with { Data = new byte[] { 1, 2 }, To = null });
    }

    [Fact]
    public void Writes_a_high_s_as_its_low_twin()
    {
        UInt256 order = UInt256.ParseHexQuantity("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        UInt256 s = UInt256.FromBigEndian(Signed.S.ToArray());
        var high = new Signature(Signed.R, (order - s).ToBytes32(), (byte)(Signed.YParity ^ 1));

        Assert.Equal(Transfer.Encode(Signed), Transfer.Encode(high));
    }

    /// <summary>Each case puts one item in the place of a member.</summary>
    [Theory]
    [InlineData(0, "0x80")] // no chain
    [InlineData(0, "0x88ffffffffffffffff")]
    [InlineData(1, "0x89010000000000000000")] // a nonce of more than 64 bits
    [InlineData(1, "0x820007")] // a leading zero
    [InlineData(1, "0x00")]
    [InlineData(2, "0xc0")] // a list in place of a number
    [InlineData(3, "0xa1010000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(5, "0x8101")] // not the shortest form
    [InlineData(5, "0x93aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")] // 19 octets of address
    [InlineData(8, "0x80")]
    [InlineData(8, "0xc1c0")] // an access list
    [InlineData(9, "0x02")] // no parity
    [InlineData(10, "0x80")]
    [InlineData(11, "0x80")]
    [InlineData(11, "0xa0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140")] // a high s
    public void Refuses_a_member(int index, string encoding)
    {
        var members = (RlpItem.List)Rlp.Decode(Transfer.Encode(Signed).AsMemory(1));
        byte[] body = [.. members.Items.SelectMany((it, i) => i == index ? Hex.Decode(encoding) : Rlp.Encode(it))];
        byte[] raw = [2, 0xf8, (byte)body.Length, .. body];

        Assert.False(Eip1559Transaction.TryDecode(raw, out _, out _));
    }

    [Fact]
    public void Refuses_other_types_counts_and_lengths()
    {
        byte[] raw = Transfer.Encode(Signed);
        var members = (RlpItem.List)Rlp.Decode(raw.AsMemory(1));
        byte[] eleven = [2, .. Rlp.Encode(RlpItem.Of([.. members.Items.SkipLast(1)]))];
        byte[] text = [2, .. Rlp.Encode(RlpItem.Of(raw))];

        Assert.False(Eip1559Transaction.TryDecode([], out _, out _));
        Assert.False(Eip1559Transaction.TryDecode([2], out _, out _));
        Assert.False(Eip1559Transaction.TryDecode([1, .. raw[1..]], out _, out _));
        Assert.False(Eip1559Transaction.TryDecode([.. raw, 0], out _, out _));
        Assert.False(Eip1559Transaction.TryDecode(raw.AsSpan(0, raw.Length - 1), out _, out _));
        Assert.False(Eip1559Transaction.TryDecode(eleven, out _, out _));
        Assert.False(Eip1559Transaction.TryDecode(text, out _, out _));
    }
}
