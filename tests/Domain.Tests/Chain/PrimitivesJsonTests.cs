using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Chain;

/// <summary>How the primitives cross the wire: one form each, and every other refused without being repeated.</summary>
public sealed class PrimitivesJsonTests
{
    private const string Word = "0x00000000000000000000000000000000000000000000000000000000000000ff";

    private const string Valid =
        $$"""
        {"Address":"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed","Word":"{{Word}}","Transaction":"{{Word}}",
        "Block":"{{Word}}","Order":"{{Word}}","Selector":"0xa9059cbb","Number":"255","Price":"1000000000000000000",
        "Token":{"ChainId":137,"Contract":"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed","TokenId":"42"},
        "Prices":{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed":"1"},"Chains":{"31337":"2"},
        "Recipient":null,"Tip":null,"Elsewhere":null
        }
        """;

    [Fact]
    public void Writes_what_it_reads()
    {
        Everything value = Read(Valid);

        Assert.Equal(
            Valid.Replace("\n", "", StringComparison.Ordinal),
            JsonSerializer.Serialize(value, PrimitivesJson.Default.Everything));
        Assert.Equal(new ChainId(137), value.Token.ChainId);
        Assert.Equal(255UL, value.Number);
        Assert.Equal(Wei.FromUlong(1_000_000_000_000_000_000), value.Price);
    }

    [Theory]
    [InlineData("\"255\"", "255")]
    [InlineData("\"255\"", "\"-1\"")]
    [InlineData("\"255\"", "\"+1\"")]
    [InlineData("\"255\"", "\"1e18\"")]
    [InlineData("\"255\"", "\"1.0\"")]
    [InlineData("\"255\"", "\"\"")]
    [InlineData("\"255\"", "\" 1\"")]
    [InlineData("\"255\"", "\"0x1\"")]
    [InlineData("\"255\"", "\"٣\"")]
    [InlineData("\"255\"", "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"")]
    [InlineData("\"255\"", "null")]
    [InlineData("\"255\"", "\"\\ud800\"")]
    [InlineData("\"42\"", "42")]
    [InlineData("\"1000000000000000000\"", "1000000000000000000")]
    [InlineData("137", "\"137\"")]
    [InlineData("137", "0")]
    [InlineData("137", "-1")]
    [InlineData("137", "1.5")]
    [InlineData("137", "18446744073709551615")]
    [InlineData("137", "null")]
    [InlineData("\"31337\":", "\"0\":")]
    [InlineData("\"31337\":", "\"\\ud800\":")]
    [InlineData("\"0xa9059cbb\"", "\"0xa9059c\"")]
    [InlineData(Word, "0xff")]
    [InlineData("{\"0x5aA", "{\"0x5AA")]
    public void Refuses(string part, string replacement)
    {
        Assert.Contains(part, Valid, StringComparison.Ordinal);

        Assert.Throws<JsonException>(() => Read(Valid.Replace(part, replacement, StringComparison.Ordinal)));
    }

    [Fact]
    public void Names_the_path_and_not_the_value()
    {
        JsonException refusal = Assert.Throws<JsonException>(
            () => Read(Valid.Replace("\"42\"", "\"secret\"", StringComparison.Ordinal)));

        Assert.Equal("$.Token.TokenId", refusal.Path);
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
    }

    private static Everything Read(string json) =>
        JsonSerializer.Deserialize(json, PrimitivesJson.Default.Everything)!;

    internal sealed record Everything(
        Address Address,
        Bytes32 Word,
        TransactionHash Transaction,
        BlockHash Block,
        OrderHash Order,
        Selector Selector,
        UInt256 Number,
        Wei Price,
        TokenReference Token,
        IReadOnlyDictionary<Address, Wei> Prices,
        IReadOnlyDictionary<ChainId, Wei> Chains,
        Address? Recipient,
        Wei? Tip,
        ChainId? Elsewhere);
}

[JsonSerializable(typeof(PrimitivesJsonTests.Everything))]
internal sealed partial class PrimitivesJson : JsonSerializerContext;
