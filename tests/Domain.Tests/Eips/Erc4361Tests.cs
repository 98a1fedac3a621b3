using Souk.Domain.Chain;
using Souk.Domain.Sessions;

namespace Souk.Domain.Tests.Eips;

/// <summary>Messages that the siwe library signs and verifies, and its cases of what is none.</summary>
public sealed class Erc4361Tests
{
    private const string Full =
        "service.org wants you to sign in with your Ethereum account:\n"
        + "0xe5A12547fe4E872D192E3eCecb76F2Ce1aeA4946\n\n"
        + "I accept the ServiceOrg Terms of Service: https://service.org/tos\n\n"
        + "URI: https://service.org/login\nVersion: 1\nChain ID: 1\nNonce: 12341234\n"
        + "Issued At: 2022-03-17T12:45:13.610Z\nExpiration Time: 2023-03-17T12:45:13.610Z\n"
        + "Not Before: 2022-03-17T12:45:13.610Z\nRequest ID: some_id\n"
        + "Resources:\n- https://service.org/login\n- ipfs://Qme7ss3ARVgxv6rXqVPiikMJ8u2NLgmgszg13pYrDKEoiu";

    [Fact]
    public void Reads_every_field()
    {
        var message = SiweMessage.Parse(Full);

        Assert.Null(message.Scheme);
        Assert.Equal("service.org", message.Domain);
        Assert.Equal(Address.Parse("0xe5A12547fe4E872D192E3eCecb76F2Ce1aeA4946"), message.Address);
        Assert.Equal("I accept the ServiceOrg Terms of Service: https://service.org/tos", message.Statement);
        Assert.Equal("https://service.org/login", message.Uri);
        Assert.Equal(new ChainId(1), message.ChainId);
        Assert.Equal("12341234", message.Nonce);
        Assert.Equal(new DateTimeOffset(2022, 3, 17, 12, 45, 13, 610, TimeSpan.Zero), message.IssuedAt);
        Assert.Equal(message.IssuedAt.AddYears(1), message.ExpirationTime);
        Assert.Equal(message.IssuedAt, message.NotBefore);
        Assert.Equal("some_id", message.RequestId);
        Assert.Equal(
            ["https://service.org/login", "ipfs://Qme7ss3ARVgxv6rXqVPiikMJ8u2NLgmgszg13pYrDKEoiu"],
            message.Resources);
        Assert.Equal(Full, message.ToString());
    }

    [Fact]
    public void Writes_what_it_was_given()
    {
        var read = SiweMessage.Parse(Full);
        var built = new SiweMessage
        {
            Domain = "service.org",
            Address = read.Address,
            Statement = read.Statement,
            Uri = "https://service.org/login",
            ChainId = new ChainId(1),
            Nonce = "12341234",
            IssuedAt = read.IssuedAt.ToOffset(TimeSpan.FromHours(2)),
            ExpirationTime = read.ExpirationTime,
            NotBefore = read.NotBefore,
            RequestId = "some_id",
            Resources = read.Resources,
        };

        Assert.Equal(read, built);
        Assert.Equal(Full, built.ToString());
    }

    [Theory]
    [InlineData(
        "0x74dcf891d81129919bafbf454f2c1200230ee75ee618111277e5618a30c3bf7a",
        "login.xyz wants you to sign in with your Ethereum account:\n0x9D85ca56217D2bb651b00f15e694EB7E713637D4\n\n"
        + "Sign-In With Ethereum Example Statement\n\nURI: https://login.xyz\nVersion: 1\nChain ID: 1\n"
        + "Nonce: bTyXgcQxn2htgkjJn\nIssued At: 2022-01-27T17:09:38.578Z\nExpiration Time: 2100-01-07T14:31:43.952Z",
        "0xdc35c7f8ba2720df052e0092556456127f00f7707eaa8e3bbff7e56774e7f2e0"
        + "5a093cfc9e02964c33d86e8e066e221b7d153d27e5a2e97ccd5ca7d3f2ce06cb1b")]
    [InlineData(
        null,
        "www.tally.xyz wants you to sign in with your Ethereum account:\n"
        + "0xc95EB884FE852e241D409234bfC7045CB9E31BD7\n\nSign in with Ethereum to Tally\n\nURI: https://tally.xyz\n"
        + "Version: 1\nChain ID: 1\nNonce: 15050747\nIssued At: 2022-06-30T14:08:51.382Z",
        "0x8c46b6eb8505939892d8e9b075f89f8277321b17b993151f37810cdda38cce6f"
        + "4a85909d2b53e6a14629c74c0ac38bf4becde78ee5b2529812bf6cceaf7b2a2501")]
    [InlineData(
        null,
        "login.xyz wants you to sign in with your Ethereum account:\n0x2ecA0068307e706741445764A3D6A4402aC2A5a9\n\n"
        + "Sign-In With Ethereum Example Statement\n\nURI: https://login.xyz\nVersion: 1\nChain ID: 1\n"
        + "Nonce: lx2nx4so\nIssued At: 2022-01-05T14:27:30.883Z\nExpiration Time: 2021-01-05T00:00:00Z",
        "0x7337bc2826c7678cd6bc84f5b3b236efc969b0451f9feca2328b1d3401b030c1"
        + "13f19bdba359ba3f52762c66e9147311fa95fe598a1a4ec9bb383a7b4e3874241b")]
    [InlineData(
        null,
        "login.xyz wants you to sign in with your Ethereum account:\n0xE6D3Aa1F561A215E5eb1f02Ba8705385F03fCaFB\n\n"
        + "Sign-In With Ethereum Example Statement\n\nURI: https://login.xyz\nVersion: 1\nChain ID: 1\n"
        + "Nonce: lx2nx4so\nIssued At: 2022-01-05T14:27:30.883Z\nNot Before: 2100-01-07T14:31:43.952Z",
        "0xc2539ace78f13c7eb8c0852d38d269a6f97bebd9f7872097d2e3137b541f8bf5"
        + "0176062a46eeea83086bd2721423fb5755a932ff6ccc046ed482d14e4576042f1c")]
    public void Recovers_the_signer_of_known_messages(string? hash, string text, string signature)
    {
        var message = SiweMessage.Parse(text);

        Assert.Equal(text, message.ToString());
        Assert.Equal(hash ?? message.Hash().ToString(), message.Hash().ToString());
        Assert.True(Signature.TryParse(Hex.Decode(signature), out Signature read));
        Assert.True(Secp256k1.Verify(message.Hash(), read, message.Address));
    }

    [Theory]
    [InlineData("service.org wants", "https://service.org wants")]
    [InlineData("service.org wants", "127.0.0.1 wants")]
    [InlineData("service.org wants", "test@127.0.0.1:8080 wants")]
    [InlineData("service.org wants", "localhost:8080 wants")]
    [InlineData("service.org wants", "[::cafe] wants")]
    [InlineData("service.org wants", "[::cafe]:443 wants")]
    [InlineData("URI: https://service.org/login", "URI: https://[::cafe]")]
    [InlineData("URI: https://service.org/login", "URI: https://127.0.0.1:4361/?query=one#begin")]
    [InlineData("URI: https://service.org/login", "URI: did:key:z6Mk%20")]
    [InlineData("Chain ID: 1", "Chain ID: 137")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: 2022-03-17T12:45:13Z")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: 2022-03-17T12:45:13-02:00")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: 2022-03-17T12:45:13.123456789+05:30")]
    [InlineData("I accept the ServiceOrg Terms of Service: https://service.org/tos\n", "")]
    [InlineData("I accept the ServiceOrg Terms of Service: https://service.org/tos\n", "\n")]
    [InlineData("Request ID: some_id", "Request ID: ")]
    [InlineData("\n- https://service.org/login\n- ipfs://Qme7ss3ARVgxv6rXqVPiikMJ8u2NLgmgszg13pYrDKEoiu", "")]
    [InlineData("Expiration Time: 2023-03-17T12:45:13.610Z\n", "")]
    [InlineData("Request ID: some_id\n", "")]
    public void Reads_and_writes_every_variant_to_the_octet(string part, string replacement)
    {
        string text = Changed(part, replacement);

        Assert.True(SiweMessage.TryParse(text, out SiweMessage? message));
        Assert.Equal(text, message.ToString());
        Assert.Equal(Eip191.HashPersonalMessage(text), message.Hash());
    }

    [Fact]
    public void Tells_no_statement_from_an_empty_one()
    {
        const string Statement = "I accept the ServiceOrg Terms of Service: https://service.org/tos\n";

        Assert.Null(SiweMessage.Parse(Changed(Statement, "")).Statement);
        Assert.Equal("", SiweMessage.Parse(Changed(Statement, "\n")).Statement);
    }

    [Theory]
    [InlineData("service.org wants", " wants")]
    [InlineData("service.org wants", "#notrfc4501 wants")]
    [InlineData("service.org wants", "https:// wants")]
    [InlineData("service.org wants", "1s://service.org wants")]
    [InlineData("service.org wants", "service.org/path wants")]
    [InlineData("service.org wants", "service.org:80a wants")]
    [InlineData("service.org wants", "a@b@service.org wants")]
    [InlineData("service.org wants", "[::cafe%1] wants")]
    [InlineData("service.org wants", "sërvice.org wants")]
    [InlineData("Ethereum account:", "Ethereum Account:")]
    [InlineData("0xe5A12547fe4E872D192E3eCecb76F2Ce1aeA4946\n", "")]
    [InlineData("0xe5A12547fe4E872D192E3eCecb76F2Ce1aeA4946", "0xe5a12547fe4e872d192e3ececb76f2ce1aea4946")]
    [InlineData("0xe5A12547fe4E872D192E3eCecb76F2Ce1aeA4946", "0xe5A12547fe4E872D192E3eCecb76F2Ce1aeA494")]
    [InlineData("Service: https", "Service: \nhttps")]
    [InlineData("Service: https", "\"Service\": https")]
    [InlineData("Service: https", "Sérvice: https")]
    [InlineData("Service: https", "Service:\thttps")]
    [InlineData("tos\n\n", "tos\n")]
    [InlineData("tos\n\n", "tos\n\n\n")]
    [InlineData("URI: https://service.org/login\n", "")]
    [InlineData("URI: https://service.org/login", "URI: :not_a_rfc3986_valid_uri_")]
    [InlineData("URI: https://service.org/login", "URI: https://service.org/lo gin")]
    [InlineData("URI: https://service.org/login", "URI: https://service.org/%zz")]
    [InlineData("URI: https://service.org/login", "URI: https://service.org/#a#b")]
    [InlineData("URI: https://service.org/login", "URI: /login")]
    [InlineData("URI: https://service.org/login\nVersion: 1\n", "Version: 1\nURI: https://service.org/login\n")]
    [InlineData("Version: 1\n", "")]
    [InlineData("Version: 1\n", "Version: 3\n")]
    [InlineData("Version: 1\nChain ID: 1\n", "Chain ID: 1\nVersion: 1\n")]
    [InlineData("Chain ID: 1\n", "")]
    [InlineData("Chain ID: 1\n", "Chain ID: ?\n")]
    [InlineData("Chain ID: 1\n", "Chain ID: 0\n")]
    [InlineData("Chain ID: 1\n", "Chain ID: 01\n")]
    [InlineData("Nonce: 12341234\n", "")]
    [InlineData("Nonce: 12341234\n", "Nonce: 1234567\n")]
    [InlineData("Nonce: 12341234\n", "Nonce: 1234-1234\n")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z\n", "")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: Wed Oct 05 2011 16:48:00 GMT+0200 (CEST)")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: 2022-03-17")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: 2022-03-17T12:45:13.610")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: 2022-03-17T12:45:13.Z")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: 2022-02-30T12:45:13Z")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: 2022-03-17T12:45:13+0100")]
    [InlineData("Issued At: 2022-03-17T12:45:13.610Z", "Issued At: 0001-01-01T00:00:00+14:00")]
    [InlineData("Expiration Time: 2023-03-17T12:45:13.610Z", "Expiration Time: tomorrow")]
    [InlineData(
        "Expiration Time: 2023-03-17T12:45:13.610Z\nNot Before: 2022-03-17T12:45:13.610Z\n",
        "Not Before: 2022-03-17T12:45:13.610Z\nExpiration Time: 2023-03-17T12:45:13.610Z\n")]
    [InlineData("Not Before: 2022-03-17T12:45:13.610Z", "Not Before: ")]
    [InlineData("Request ID: some_id", "Request ID: some id")]
    [InlineData("Request ID: some_id\n", "Request ID: some_id\nRequest ID: some_id\n")]
    [InlineData("- https://service.org/login\n", "- https://service.org/login - https://service.org/login/2\n")]
    [InlineData("- https://service.org/login\n", "- :not_a_rfc3986_valid_uri_\n")]
    [InlineData("- ipfs://Qme7", "- :ipfs://Qme7")]
    [InlineData("Resources:\n", "Resources: \n")]
    [InlineData("pYrDKEoiu", "pYrDKEoiu\n")]
    [InlineData("pYrDKEoiu", "pYrDKEoiu\nRequest ID: late")]
    [InlineData("\n", "\r\n")]
    public void Refuses(string part, string replacement) =>
        Assert.False(SiweMessage.TryParse(Changed(part, replacement), out _));

    [Fact]
    public void Refuses_nothing_and_too_much_without_repeating_it()
    {
        Assert.False(SiweMessage.TryParse(null, out _));
        Assert.False(SiweMessage.TryParse("", out _));
        Assert.False(SiweMessage.TryParse(Full + new string('a', SiweMessage.LengthMax), out _));
        FormatException refusal = Assert.Throws<FormatException>(() => SiweMessage.Parse("a secret"));
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    private static string Changed(string part, string replacement)
    {
        Assert.Contains(part, Full, StringComparison.Ordinal);
        return Full.Replace(part, replacement, StringComparison.Ordinal);
    }
}
