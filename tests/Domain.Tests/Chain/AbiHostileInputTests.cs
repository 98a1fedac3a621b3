using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Chain;

/// <summary>What a hostile contract or caller may send: always a refusal, never memory or another exception.</summary>
public sealed class AbiHostileInputTests
{
    [Theory]
    [InlineData("uint8", "0000000000000000000000000000000000000000000000000000000000000100")]
    [InlineData("int8", "0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("int8", "00000000000000000000000000000000000000000000000000000000000000ff")]
    [InlineData("address", "0000000000000000000000010000000000000000000000000000000000000000")]
    [InlineData("bool", "0000000000000000000000000000000000000000000000000000000000000002")]
    [InlineData("bool", "0100000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("bytes4", "0000000001000000000000000000000000000000000000000000000000000000")]
    [InlineData("uint256", "00000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("uint256", "")]
    public void Refuses_bits_that_the_type_does_not_use(string type, string hex) =>
        Assert.Throws<FormatException>(() => AbiCodec.Decode([AbiType.Parse(type)], Hex.Decode($"0x{hex}")));

    /// <summary>Each case is a list of words, in hex without leading zeros.</summary>
    [Theory]
    [InlineData("bytes", "0 0")] // an offset into the head
    [InlineData("bytes", "40 0")] // a tail without its length
    [InlineData("bytes", "21 0")] // half a word of length
    [InlineData("bytes", "7fffffff")]
    [InlineData("bytes", "ffffffff 0")]
    [InlineData("bytes", "100000020 0")] // an offset that is right in its last 32 bits only
    [InlineData("bytes", "20 21 0")] // one octet more than there is
    [InlineData("bytes", "20 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("bytes", "20 1 ff00000000000000000000000000000000000000000000000000000000000001")] // dirty padding
    [InlineData("string", "20 1 ff00000000000000000000000000000000000000000000000000000000000000")] // no UTF-8
    [InlineData("uint256[]", "20 2 1")]
    [InlineData("uint256[]", "20 7fffffff 1")]
    [InlineData("uint256[]", "20 80000000 1")]
    [InlineData("uint256[1048576][]", "20 1000 1")]
    [InlineData("string[]", "20 1 0")]
    [InlineData("uint256[][]", "20 2 40 60 0")]
    public void Refuses_lengths_and_offsets_that_lie(string type, string words) =>
        Assert.Throws<FormatException>(() => Decode(type, words));

    [Fact]
    public void Refuses_offsets_that_make_much_of_little()
    {
        // Every level points all its elements at the one next level: 20 words claim 8^6 leaves.
        const int Width = 8;
        List<string> words = ["20"];
        for (int level = 0; level < 6; level++)
        {
            words.Add(Hexadecimal(Width));
            words.AddRange(Enumerable.Repeat(Hexadecimal(Width * 32), Width));
        }

        words.Add("1");
        words.Add("1");

        Assert.Throws<FormatException>(() => Decode("uint256[][][][][][][]", string.Join(' ', words)));
    }

    [Fact]
    public void Accepts_a_gap_but_not_as_call_data()
    {
        AbiFunction function = AbiFunction.Parse("f(bytes)");
        byte[] honest = function.Encode("souk"u8.ToArray());
        byte[] gap = [.. honest[..35], 0x40, .. new byte[32], .. honest[36..]];

        Assert.Equal("souk"u8.ToArray(), AbiCodec.Decode(function.Inputs, gap.AsMemory(4))[0].AsBytes().ToArray());
        Assert.True(function.TryDecode(honest, out _));
        Assert.False(function.TryDecode(gap, out _));
        Assert.False(function.TryDecode((byte[])[.. honest, 0], out _));
        Assert.False(function.TryDecode(honest.AsMemory(0, honest.Length - 1), out _));
        Assert.False(function.TryDecode(honest.AsMemory(0, 3), out _));
        Assert.False(AbiFunction.Parse("g(bytes)").TryDecode(honest, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("uint")]
    [InlineData("uint0")]
    [InlineData("uint7")]
    [InlineData("uint264")]
    [InlineData("uint08")]
    [InlineData("int99999999999")]
    [InlineData("bytes0")]
    [InlineData("bytes33")]
    [InlineData("bytes032")]
    [InlineData("Address")]
    [InlineData("address ")]
    [InlineData("()")]
    [InlineData("()[]")]
    [InlineData("(address")]
    [InlineData("(address,)")]
    [InlineData("(address indexed)")]
    [InlineData("uint256[0]")]
    [InlineData("uint256[-1]")]
    [InlineData("uint256[01]")]
    [InlineData("uint256[9999999]")]
    [InlineData("uint256[1000][1000]")]
    [InlineData("uint256[][][][][][][][][][][][][][][][][]")]
    [InlineData("((((((((((((((((((address))))))))))))))))))")]
    public void Refuses_what_is_no_type(string text) =>
        Assert.Throws<FormatException>(() => AbiType.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("mint")]
    [InlineData("(address)")]
    [InlineData("1mint(address)")]
    [InlineData("mint(address))")]
    [InlineData("mint (address)")]
    [InlineData("mint(address indexed)")]
    [InlineData("mint(address 1st)")]
    public void Refuses_what_is_no_function(string text) =>
        Assert.Throws<FormatException>(() => AbiFunction.Parse(text));

    [Fact]
    public void Refuses_four_indexed_parameters() =>
        Assert.Throws<FormatException>(
            () => AbiEvent.Parse("E(bool indexed,bool indexed,bool indexed,bool indexed)"));

    [Fact]
    public void Survives_a_type_of_nothing_but_parentheses() =>
        Assert.Throws<FormatException>(() => AbiType.Parse(new string('(', 100_000)));

    [Theory]
    [InlineData("uint8", 256UL)]
    public void Refuses_to_encode_what_does_not_fit(string type, ulong value) =>
        Assert.Throws<FormatException>(() => AbiCodec.Encode([AbiType.Parse(type)], [value]));

    [Fact]
    public void Refuses_to_encode_another_kind_or_count()
    {
        AbiType[] types = [AbiType.Parse("uint256[2]")];

        Assert.Throws<FormatException>(() => AbiCodec.Encode(types, []));
        Assert.Throws<FormatException>(() => AbiCodec.Encode(types, [1UL]));
        Assert.Throws<FormatException>(() => AbiCodec.Encode(types, [AbiValue.ListOf(1UL)]));
        Assert.Throws<FormatException>(() => AbiCodec.Encode(types, [AbiValue.TupleOf(1UL, 2UL)]));
        Assert.Throws<FormatException>(() => AbiCodec.Encode([AbiType.Parse("string")], ["\ud800"]));
    }

    private static AbiValue[] Decode(string type, string words) => AbiCodec.Decode(
        [AbiType.Parse(type)],
        Hex.Decode($"0x{string.Concat(words.Split(' ').Select(static word => word.PadLeft(64, '0')))}"));

    private static string Hexadecimal(int number) =>
        number.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
