using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Eips;

/// <summary>EIP-191 with digests that other implementations publish, and Keccak-256's own.</summary>
public sealed class Eip191Tests
{
    [Theory]
    [InlineData("Hello World", "0xa1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2")]
    [InlineData("Some data", "0x1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655")]
    public void Hashes_a_personal_message(string message, string digest) =>
        Assert.Equal(digest, Eip191.HashPersonalMessage(message).ToString());

    [Fact]
    public void Counts_octets_and_not_characters()
    {
        byte[] preimage = [.. "\u0019Ethereum Signed Message:\n6"u8, .. "سوق"u8];

        Assert.Equal(Keccak256.Hash(preimage), Eip191.HashPersonalMessage("سوق"));
    }

    [Theory]
    [InlineData("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    public void Hashes_with_Keccak_and_not_with_Sha_3(string text, string digest) =>
        Assert.Equal(digest, Keccak256.HashText(text).ToString());

    [Theory]
    [InlineData(135)]
    [InlineData(136)]
    [InlineData(137)]
    [InlineData(1000)]
    public void Hashes_pieces_as_the_whole(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(static it => (byte)(it % 251))];
        Keccak256Digest digest = Keccak256.Start();
        foreach (byte[] piece in bytes.Chunk(17)) digest.Append(piece);

        Assert.Equal(Keccak256.Hash(bytes), digest.Finish());
    }

    [Fact]
    public void Refuses_a_text_that_is_no_Unicode() =>
        Assert.Throws<System.Text.EncoderFallbackException>(() => Eip191.HashPersonalMessage("\ud800"));
}
