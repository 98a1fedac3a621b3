using CsCheck;
using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Eips;

/// <summary>The examples of RLP's specification, and everything that is not the shortest form.</summary>
public sealed class RlpTests
{
    private static ReadOnlySpan<byte> Lorem => "Lorem ipsum dolor sit amet, consectetur adipisicing elit"u8;

    private static readonly Gen<RlpItem> Item = Gen.Recursive<RlpItem>((depth, item) =>
        depth > 4
            ? Gen.Byte.Array[0, 70].Select(static bytes => RlpItem.Of(bytes))
            : Gen.OneOf(
                Gen.Byte.Array[0, 70].Select(static bytes => RlpItem.Of(bytes)),
                item.Array[0, 6].Select(static items => RlpItem.Of(items))));

    public static TheoryData<RlpItem, string> Examples => new()
    {
        { RlpItem.Of("dog"u8.ToArray()), "0x83646f67" },
        { RlpItem.Of(RlpItem.Of("cat"u8.ToArray()), RlpItem.Of("dog"u8.ToArray())), "0xc88363617483646f67" },
        { RlpItem.Of(""u8.ToArray()), "0x80" },
        { RlpItem.Of(), "0xc0" },
        { RlpItem.Of(0UL), "0x80" },
        { RlpItem.Of(new byte[] { 0 }), "0x00" },
        { RlpItem.Of(15UL), "0x0f" },
        { RlpItem.Of(127UL), "0x7f" },
        { RlpItem.Of(128UL), "0x8180" },
        { RlpItem.Of(1024UL), "0x820400" },
        { RlpItem.Of(ulong.MaxValue), "0x88ffffffffffffffff" },
        { RlpItem.Of(UInt256.MaxValue), $"0xa0{new string('f', 64)}" },
        {
            RlpItem.Of(
                RlpItem.Of(), RlpItem.Of(RlpItem.Of()), RlpItem.Of(RlpItem.Of(), RlpItem.Of(RlpItem.Of()))),
            "0xc7c0c1c0c3c0c1c0"
        },
        { RlpItem.Of(Lorem.ToArray()), $"0xb838{Convert.ToHexStringLower(Lorem)}" },
        { RlpItem.Of(new byte[1024]), $"0xb90400{new string('0', 2048)}" },
    };

    [Theory]
    [MemberData(nameof(Examples), DisableDiscoveryEnumeration = true)]
    public void Writes_and_reads_the_examples(RlpItem item, string encoding)
    {
        Assert.Equal(encoding, Hex.Encode(Rlp.Encode(item)));
        Assert.Equal(item, Rlp.Decode(Hex.Decode(encoding)));
    }

    [Theory]
    [InlineData("0x")]
    [InlineData("0x8100")] // one octet below 0x80 is itself
    [InlineData("0x817f")]
    [InlineData("0xb800")] // a length below 56 in the long form
    [InlineData("0xb837")]
    [InlineData("0xf800")]
    [InlineData("0xb90038")] // a length with a leading zero
    [InlineData("0x83646f")] // less than announced
    [InlineData("0xc3836f")]
    [InlineData("0x83646f6700")] // more than announced
    [InlineData("0xb8")]
    [InlineData("0xbf")]
    [InlineData("0xbfffffffffffffffff")]
    [InlineData("0xffffffffffffffffff00")]
    [InlineData("0xbb7fffffff")]
    public void Refuses_every_other_form(string encoding) =>
        Assert.Throws<FormatException>(() => Rlp.Decode(Hex.Decode(encoding)));

    [Fact]
    public void Refuses_lists_nested_without_end()
    {
        RlpItem nested = RlpItem.Of();
        for (int depth = 1; depth < Rlp.DepthMax; depth++) nested = RlpItem.Of(nested);

        Assert.Equal(nested, Rlp.Decode(Rlp.Encode(nested)));
        Assert.Throws<FormatException>(() => Rlp.Decode(Rlp.Encode(RlpItem.Of(nested))));
    }

    [Fact]
    public void Reads_back_what_it_wrote() =>
        Item.Sample(static item => Assert.Equal(item, Rlp.Decode(Rlp.Encode(item))), iter: 500);

    [Fact]
    public void Reads_noise_to_its_only_encoding_or_refuses_it() =>
        Gen.Byte.Array[0, 40].Sample(
            static noise =>
            {
                RlpItem item;
                try
                {
                    item = Rlp.Decode(noise);
                }
                catch (FormatException)
                {
                    return;
                }

                Assert.Equal(noise, Rlp.Encode(item));
            },
            iter: 20_000);
}
