using System.Numerics;
using CsCheck;
using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Chain;

/// <summary>The machine's integer and the amounts made of it, as properties.</summary>
public sealed class UInt256Tests
{
    private const string Max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

    private static readonly Gen<UInt256> Number =
        Gen.Byte.Array[0, 32].Select(static bytes => UInt256.FromBigEndian(bytes));

    [Fact]
    public void Comes_back_from_every_text_and_octet_form() =>
        Number.Sample(static number =>
        {
            byte[] octets = new byte[32];
            number.WriteBigEndian(octets);

            Assert.Equal(number, UInt256.Parse(number.ToString()));
            Assert.Equal(number, UInt256.ParseHexQuantity(number.ToHexQuantity()));
            Assert.Equal(number, UInt256.FromBigEndian(octets));
            Assert.Equal(number, new UInt256(number.ToBigInteger()));
            Assert.Equal(new Bytes32(octets), number.ToBytes32());
        });

    [Fact]
    public void Counts_like_a_big_integer_or_throws() =>
        Gen.Select(Number, Number).Sample(static (left, right) =>
        {
            BigInteger a = left.ToBigInteger();
            BigInteger b = right.ToBigInteger();

            Agree(a + b, () => left + right);
            Agree(a - b, () => left - right);
            Agree(a * b, () => left * right);
            Assert.Equal(a < b, left < right);
            Assert.Equal(a >= b, left >= right);
            Assert.Equal(a.CompareTo(b), left.CompareTo(right));
            if (b.IsZero) return;
            Agree(a / b, () => left / right);
            Agree(a % b, () => left % right);
        });

    [Fact]
    public void Ends_where_256_bits_end()
    {
        Assert.Equal(Max, UInt256.MaxValue.ToString());
        Assert.Equal(UInt256.MaxValue, UInt256.Parse(Max));
        Assert.Throws<OverflowException>(() => UInt256.MaxValue + 1);
        Assert.Throws<OverflowException>(() => UInt256.Zero - 1);
        Assert.Throws<OverflowException>(() => UInt256.MaxValue * 2);
        Assert.Throws<OverflowException>(() => new UInt256(BigInteger.MinusOne));
        Assert.Throws<OverflowException>(() => (ulong)UInt256.MaxValue);
        Assert.Throws<DivideByZeroException>(() => UInt256.One / 0);
        Assert.Equal(default, UInt256.Zero);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e18")]
    [InlineData("1,000")]
    [InlineData("01")]
    [InlineData("1 ")]
    [InlineData("0x1")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    [InlineData("999999999999999999999999999999999999999999999999999999999999999999999999999999")]
    [InlineData("1000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(null)]
    public void Refuses_every_other_decimal_text(string? text)
    {
        Assert.False(UInt256.TryParse(text, out _));
        Assert.False(Wei.TryParse(text, out _));
        Assert.False(TokenId.TryParse(text, out _));
    }

    [Theory]
    [InlineData("0x0", "0")]
    [InlineData("0x1", "1")]
    [InlineData("0xABcd", "43981")]
    [InlineData("0x", null)]
    [InlineData("0x00", null)]
    [InlineData("0x01", null)]
    [InlineData("1", null)]
    [InlineData("0X1", null)]
    [InlineData("0xg", null)]
    [InlineData("0x10000000000000000000000000000000000000000000000000000000000000000", null)]
    public void Reads_quantities_without_leading_zeros(string text, string? expected)
    {
        Assert.Equal(expected is not null, UInt256.TryParseHexQuantity(text, out UInt256 value));
        if (expected is not null) Assert.Equal(expected, value.ToString());
    }

    [Fact]
    public void Gives_a_share_that_is_never_more_than_the_whole() =>
        Gen.Select(Number, Gen.Int[0, 10_000]).Sample(static (number, bps) =>
        {
            var whole = new Wei(number);
            Wei share = whole.ShareOf(bps);

            Assert.True(share <= whole);
            Assert.Equal(number.ToBigInteger() * bps / 10_000, share.Value.ToBigInteger());
            Assert.True(share + whole.ShareOf(10_000 - bps) <= whole);
        });

    [Fact]
    public void Splits_a_price_without_losing_a_wei() =>
        Gen.Select(Number, Gen.Int[0, 5_000], Gen.Int[0, 5_000]).Sample(static (number, feeBps, royaltyBps) =>
        {
            var price = new Wei(number);
            Wei fee = price.ShareOf(feeBps);
            Wei royalty = price.ShareOf(royaltyBps);
            Wei proceeds = price - fee - royalty;

            Assert.Equal(price, Wei.Sum([fee, royalty, proceeds]));
        });

    [Fact]
    public void Refuses_shares_outside_the_whole()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Wei.Zero.ShareOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Wei.Zero.ShareOf(10_001));
        Assert.Equal(Wei.Zero, Wei.Sum([]));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("9223372036854775771", true)]
    [InlineData("9223372036854775772", false)]
    [InlineData("0", false)]
    [InlineData("01", false)]
    [InlineData("-1", false)]
    [InlineData("0x1", false)]
    [InlineData("", false)]
    public void Reads_chain_ids_from_1_to_the_bound_of_Eip_2294(string text, bool isChain)
    {
        Assert.Equal(isChain, ChainId.TryParse(text, out ChainId chain));
        if (isChain) Assert.Equal(text, chain.ToString());
    }

    private static void Agree(BigInteger expected, Func<UInt256> act)
    {
        if (expected.Sign < 0 || expected.GetBitLength() > 256)
            Assert.Throws<OverflowException>(() => act());
        else
            Assert.Equal(expected, act().ToBigInteger());
    }
}
