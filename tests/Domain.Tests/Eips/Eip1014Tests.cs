using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Eips;

/// <summary>Where contracts come to lie: the examples of EIP-1014, and an account's known first ones.</summary>
public sealed class Eip1014Tests
{
    private const string NoSalt = "0x0000000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData(
        "0x0000000000000000000000000000000000000000", NoSalt, "0x00", "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38")]
    [InlineData(
        "0xdeadbeef00000000000000000000000000000000", NoSalt, "0x00", "0xB928f69Bb1D91Cd65274e3c79d8986362984fDA3")]
    [InlineData(
        "0xdeadbeef00000000000000000000000000000000",
        "0x000000000000000000000000feed000000000000000000000000000000000000",
        "0x00",
        "0xD04116cDd17beBE565EB2422F2497E06cC1C9833")]
    [InlineData(
        "0x0000000000000000000000000000000000000000",
        NoSalt,
        "0xdeadbeef",
        "0x70f2b2914A2a4b783FaEFb75f459A580616Fcb5e")]
    [InlineData(
        "0x00000000000000000000000000000000deadbeef",
        "0x00000000000000000000000000000000000000000000000000000000cafebabe",
        "0xdeadbeef",
        "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7")]
    [InlineData(
        "0x0000000000000000000000000000000000000000", NoSalt, "0x", "0xE33C0C7F7df4809055C3ebA6c09CFe4BaF1BD9e0")]
    public void Derives_the_examples(string creator, string salt, string initCode, string contract) =>
        Assert.Equal(
            contract,
            Address.OfContract2(
                Address.Parse(creator), Bytes32.Parse(salt), Keccak256.Hash(Hex.Decode(initCode))).ToString());

    [Fact]
    public void Derives_the_conduit_of_a_known_key() =>
        Assert.Equal(
            "0x1E0049783F008A0085193E00003D00cd54003c71",
            Address.OfContract2(
                Address.Parse("0x00000000F9490004C11Cef243f5400493c00Ad63"),
                Bytes32.Parse("0x0000007b02230091a7ed01230072f7006a004d60a8d4e71d599b8104250f0000"),
                Bytes32.Parse("0x023d904f2503c37127200ca07b976c3a53cc562623f67023115bf311f5805059")).ToString());

    [Theory]
    [InlineData(0UL, "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d")]
    [InlineData(1UL, "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8")]
    [InlineData(2UL, "0xf778b86fa74e846c4f0a1fbd1335fe81c00a0c91")]
    [InlineData(3UL, "0xfffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c")]
    public void Derives_the_contracts_of_an_account(ulong nonce, string contract) =>
        Assert.Equal(
            contract,
            Address.OfContract(Address.Parse("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"), nonce).ToLowerHex());
}
