using System.Numerics;
using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Eips;

/// <summary>The examples of the Solidity ABI specification, and known selectors and topics.</summary>
public sealed class AbiSpecificationTests
{
    private const string Zeros24 = "000000000000000000000000";

    [Fact]
    public void Encodes_baz()
    {
        AbiFunction baz = AbiFunction.Parse("baz(uint32,bool)");

        Assert.Equal($"0xcdcd77c0{Word(69)}{Word(1)}", Hex.Encode(baz.Encode(69UL, true)));
    }

    [Fact]
    public void Encodes_bar()
    {
        AbiFunction bar = AbiFunction.Parse("bar(bytes3[2])");
        var items = AbiValue.ListOf(Fixed("abc"), Fixed("def"));

        Assert.Equal(
            $"0xfce353f6{"616263".PadRight(64, '0')}{"646566".PadRight(64, '0')}", Hex.Encode(bar.Encode(items)));
    }

    [Fact]
    public void Encodes_sam()
    {
        AbiFunction sam = AbiFunction.Parse("sam(bytes,bool,uint256[])");

        byte[] calldata = sam.Encode("dave"u8.ToArray(), true, AbiValue.ListOf(1UL, 2UL, 3UL));

        Assert.Equal(
            $"0xa5643bf2{Word(0x60)}{Word(1)}{Word(0xa0)}{Word(4)}{"64617665".PadRight(64, '0')}"
            + $"{Word(3)}{Word(1)}{Word(2)}{Word(3)}",
            Hex.Encode(calldata));
    }

    [Fact]
    public void Encodes_static_and_dynamic_arguments_together()
    {
        AbiFunction f = AbiFunction.Parse("f(uint256,uint32[],bytes10,bytes)");

        byte[] calldata = f.Encode(
            0x123UL, AbiValue.ListOf(0x456UL, 0x789UL), Fixed("1234567890"), "Hello, world!"u8.ToArray());

        Assert.Equal(
            $"0x8be65246{Word(0x123)}{Word(0x80)}{"31323334353637383930".PadRight(64, '0')}{Word(0xe0)}"
            + $"{Word(2)}{Word(0x456)}{Word(0x789)}{Word(0xd)}{"48656c6c6f2c20776f726c6421".PadRight(64, '0')}",
            Hex.Encode(calldata));
    }

    [Fact]
    public void Encodes_nested_dynamic_arrays()
    {
        AbiFunction g = AbiFunction.Parse("g(uint256[][],string[])");
        AbiValue numbers = AbiValue.ListOf(AbiValue.ListOf(1UL, 2UL), AbiValue.ListOf(3UL));

        byte[] calldata = g.Encode(numbers, AbiValue.ListOf("one", "two", "three"));

        Assert.Equal(
            $"0x2289b18c{Word(0x40)}{Word(0x140)}"
            + $"{Word(2)}{Word(0x40)}{Word(0xa0)}{Word(2)}{Word(1)}{Word(2)}{Word(1)}{Word(3)}"
            + $"{Word(3)}{Word(0x60)}{Word(0xa0)}{Word(0xe0)}{Word(3)}{"6f6e65".PadRight(64, '0')}"
            + $"{Word(3)}{"74776f".PadRight(64, '0')}{Word(5)}{"7468726565".PadRight(64, '0')}",
            Hex.Encode(calldata));
        Assert.True(g.TryDecode(calldata, out AbiValue[] arguments));
        Assert.Equal(numbers, arguments[0]);
    }

    [Fact]
    public void Writes_negative_numbers_in_twos_complement()
    {
        byte[] encoded = AbiCodec.Encode([AbiType.Parse("int8")], [new AbiValue.Int(BigInteger.MinusOne)]);

        Assert.Equal($"0x{new string('f', 64)}", Hex.Encode(encoded));
        Assert.Equal(BigInteger.MinusOne, AbiCodec.Decode([AbiType.Parse("int8")], encoded)[0].AsInt());
    }

    [Theory]
    [InlineData("transfer(address,uint256)", "0xa9059cbb")]
    [InlineData("mint(address to, uint256 id)", "0x40c10f19")]
    [InlineData("royaltyInfo(uint256,uint256)", "0x2a55205a")]
    [InlineData("isValidSignature(bytes32,bytes)", "0x1626ba7e")]
    [InlineData("incrementCounter()", "0x5b34b966")]
    [InlineData(
        "cancel((address,address,(uint8,address,uint256,uint256,uint256)[],(uint8,address,uint256,uint256,uint256,"
        + "address)[],uint8,uint256,uint256,bytes32,uint256,bytes32,uint256)[])",
        "0xfd9f1e10")]
    public void Knows_selectors(string signature, string selector) =>
        Assert.Equal(selector, AbiFunction.Parse(signature).Selector.ToString());

    [Theory]
    [InlineData(
        "Transfer(address indexed from, address indexed to, uint256 indexed id)",
        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    [InlineData(
        "OrderFulfilled(bytes32 orderHash, address indexed offerer, address indexed zone, address recipient, "
        + "(uint8 itemType, address token, uint256 identifier, uint256 amount)[] offer, "
        + "(uint8 itemType, address token, uint256 identifier, uint256 amount, address recipient)[] consideration)",
        "0x9d9af8e38d66c62e2c12f0225249fd9d721c54b83f48d9352c97c6cacdcb6f31")]
    [InlineData(
        "OrdersMatched(bytes32[])", "0x4b9f2d36e1b4c93de62cc077b00b1a91d84b6c31b4a14e012718dcca230689e7")]
    public void Knows_topics(string signature, string topic) =>
        Assert.Equal(topic, AbiEvent.Parse(signature).Topic0.ToString());

    [Fact]
    public void Reads_a_transfer_and_refuses_the_Erc_20_log_of_the_same_topic()
    {
        AbiEvent transfer = AbiEvent.Parse("Transfer(address indexed,address indexed,uint256 indexed)");
        Bytes32 to = Bytes32.Parse($"0x{Zeros24}5aaeb6053f3e94c9b9a09f33669435e7ef1beaed");
        Bytes32 id = UInt256.Parse("42").ToBytes32();

        Assert.True(transfer.TryDecode([transfer.Topic0, Bytes32.Zero, to, id], default, out AbiValue[] values));
        Assert.Equal([Address.Zero, Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), 42UL], values);
        Assert.False(transfer.TryDecode([transfer.Topic0, Bytes32.Zero, to], id.ToArray(), out _));
        Assert.False(transfer.TryDecode([transfer.Topic0, Bytes32.Zero, to, id, id], default, out _));
        Assert.False(transfer.TryDecode([id, Bytes32.Zero, to, id], default, out _));
        Assert.False(transfer.TryDecode([], default, out _));
    }

    [Fact]
    public void Gives_the_hash_of_an_indexed_text()
    {
        AbiEvent named = AbiEvent.Parse("Named(string indexed name, uint256 id)");
        Bytes32 hash = Keccak256.HashText("souk");

        Assert.True(named.TryDecode(
            [named.Topic0, hash], UInt256.Parse("7").ToBytes32().ToArray(), out AbiValue[] values));
        Assert.Equal(hash, values[0].AsBytes32());
        Assert.Equal(7UL, values[1].AsUint());
    }

    private static AbiValue.FixedBytes Fixed(string text) => new(System.Text.Encoding.ASCII.GetBytes(text));

    private static string Word(ulong number) =>
        number.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
}
