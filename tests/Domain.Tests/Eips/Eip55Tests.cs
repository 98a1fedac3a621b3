using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Eips;

/// <summary>The test cases of EIP-55, and what its checksum must refuse.</summary>
public sealed class Eip55Tests
{
    [Theory]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0x8617E340B3D01FA5F11F306F4090FD50E238070D")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    [InlineData("0x27b1fdb04752bbc536007a920d24acb045561c26")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void Reads_and_writes_the_checksum_of_the_standard(string text)
    {
        Assert.Equal(text, Address.Parse(text).ToString());
        Assert.Equal(text, Address.Parse(text.ToLowerInvariant()).ToString());
        Assert.Equal(text, Address.Parse($"0x{text[2..].ToUpperInvariant()}").ToString());
    }

    [Theory]
    [InlineData("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData(" 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg")]
    [InlineData("0x")]
    [InlineData("")]
    [InlineData(null)]
    public void Refuses_a_wrong_checksum_and_every_other_shape(string? text) =>
        Assert.False(Address.TryParse(text, out _));

    [Fact]
    public void Does_not_repeat_a_refused_text()
    {
        FormatException refusal = Assert.Throws<FormatException>(() => Address.Parse("0xsecret"));

        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }
}
