using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Eips;

/// <summary>Known signatures: EIP-2098's examples, the key of EIP-155's example, and RFC 6979 on secp256k1.</summary>
public sealed class SignatureVectorTests
{
    private static readonly PrivateKey Key2098 =
        PrivateKey.Parse("0x1234567890123456789012345678901234567890123456789012345678901234");

    [Theory]
    [InlineData(
        "Hello World",
        "0x68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b90"
        + "7e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea520641b",
        "0x68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b90"
        + "7e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064")]
    [InlineData(
        "It's a small(er) world",
        "0x9328da16089fcba9bececa81663203989f2df5fe1faa6291a45381c81bd17f76"
        + "139c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f5507931c",
        "0x9328da16089fcba9bececa81663203989f2df5fe1faa6291a45381c81bd17f76"
        + "939c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793")]
    public void Signs_and_compacts_the_messages_of_Eip_2098(string message, string full, string compact)
    {
        Bytes32 digest = Eip191.HashPersonalMessage(message);

        Signature signature = Key2098.Sign(digest);

        Assert.Equal(full, Hex.Encode(signature.ToArray()));
        Assert.Equal(compact, Hex.Encode(signature.ToCompactArray()));
        Assert.True(Signature.TryParse(Hex.Decode(compact), out Signature read));
        Assert.Equal(signature, read);
        Assert.True(Secp256k1.Verify(digest, read, Key2098.Address));
    }

    [Fact]
    public void Derives_the_address_of_the_key_of_Eip_155() =>
        Assert.Equal(
            "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F",
            PrivateKey.Parse(string.Concat(Enumerable.Repeat("46", 32))).Address.ToString());

    /// <summary>The vectors that Bitcoin's libraries share for RFC 6979 over SHA-256 with a low s.</summary>
    [Theory]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "Satoshi Nakamoto",
        "0x934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
        + "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "All those moments will be lost in time, like tears in rain. Time to die...",
        "0x8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b"
        + "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [InlineData(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
        "Satoshi Nakamoto",
        "0xfd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0"
        + "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [InlineData(
        "f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181",
        "Alan Turing",
        "0x7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c"
        + "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea")]
    public void Takes_its_nonce_from_Rfc_6979(string key, string message, string expected)
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(message));

        Signature signature = PrivateKey.Parse(key).Sign(new Bytes32(hash));

        Assert.Equal(expected, Hex.Encode(signature.ToArray())[..^2]);
    }

    [Theory]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("0x01")]
    [InlineData("")]
    public void Refuses_what_is_no_private_key(string text) =>
        Assert.Throws<FormatException>(() => PrivateKey.Parse(text));

    [Fact]
    public void Recovers_from_a_high_s_but_calls_it_high()
    {
        Bytes32 digest = Keccak256.HashText("high");
        Signature low = Key2098.Sign(digest);
        UInt256 order = UInt256.ParseHexQuantity("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        var high = new Signature(
            low.R, (order - UInt256.FromBigEndian(low.S.ToArray())).ToBytes32(), (byte)(low.YParity ^ 1));

        Assert.False(high.IsLowS);
        Assert.True(Secp256k1.Verify(digest, high, Key2098.Address));
        Assert.Equal(low, high.ToLowS());
        Assert.Equal(low.ToCompactArray(), high.ToCompactArray());
    }

    [Fact]
    public void Finds_no_signer_where_there_is_none()
    {
        Bytes32 digest = Keccak256.HashText("nobody");
        Signature good = Key2098.Sign(digest);
        Bytes32 order = UInt256.ParseHexQuantity(
            "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").ToBytes32();

        Assert.False(Secp256k1.TryRecover(digest, default, out _));
        Assert.False(Secp256k1.TryRecover(digest, good with { R = order }, out _));
        Assert.False(Secp256k1.TryRecover(digest, good with { S = order }, out _));
        Assert.False(Secp256k1.TryRecover(digest, good with { S = Bytes32.Zero }, out _));
        Assert.False(Secp256k1.TryRecover(digest, good with { YParity = 2 }, out _));
        // 5 is no x coordinate of the curve.
        Assert.False(Secp256k1.TryRecover(digest, good with { R = UInt256.Parse("5").ToBytes32() }, out _));
        Assert.False(Secp256k1.Verify(Keccak256.HashText("another"), good, Key2098.Address));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(26)]
    [InlineData(29)]
    [InlineData(37)]
    [InlineData(255)]
    public void Refuses_every_other_v(byte v)
    {
        byte[] bytes = Key2098.Sign(Keccak256.HashText("v")).ToArray();
        bytes[64] = v;

        Assert.False(Signature.TryParse(bytes, out _));
    }

    [Fact]
    public void Reads_v_in_both_forms_and_no_other_length()
    {
        Signature signature = Key2098.Sign(Keccak256.HashText("v"));
        byte[] bytes = signature.ToArray();
        bytes[64] -= 27;

        Assert.True(Signature.TryParse(bytes, out Signature read));
        Assert.Equal(signature, read);
        Assert.False(Signature.TryParse(bytes.AsSpan(0, 63), out _));
        Assert.False(Signature.TryParse([.. bytes, 0], out _));
        Assert.False(Signature.TryParse([], out _));
    }

    [Fact]
    public void Tells_nothing_in_its_texts()
    {
        Signature signature = Key2098.Sign(Keccak256.HashText("quiet"));

        Assert.Equal("[private key]", $"{Key2098}");
        Assert.Equal("[signature]", $"{signature}");
    }
}
