using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Souk.Platform.Http;

namespace Souk.Platform.Tests.Http;

public sealed class JsonWebTokenTests
{
    // RFC 7515 appendix A.3.1: an ES256 example with its P-256 public key.
    private const string Rfc7515Es256 =
        "eyJhbGciOiJFUzI1NiJ9"
        + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    [Fact]
    public void Verifies_the_example_of_rfc_7515_appendix_a_3()
    {
        using ECDsa key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
            },
        });

        Assert.True(JsonWebToken.TryParse(Rfc7515Es256, out JsonWebToken? token));
        Assert.True(token.VerifyEs256(key));
    }

    [Fact]
    public void Verifies_what_an_rsa_key_signed_and_nothing_else()
    {
        using RSA key = RSA.Create(2048);
        using RSA other = RSA.Create(2048);
        string input = JsonWebToken.ComposeSigningInput("""{"alg":"RS256","kid":"a","typ":"JWT"}"""u8, "{}"u8);
        byte[] signature = key.SignData(
            Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        Assert.True(JsonWebToken.TryParse(JsonWebToken.Compose(input, signature), out JsonWebToken? token));
        Assert.Equal(new JsonWebTokenHeader("RS256", "a", "JWT"), token.Header);
        Assert.Equal("{}"u8.ToArray(), token.PayloadUtf8.ToArray());
        Assert.True(token.VerifyRs256(key));
        Assert.False(token.VerifyRs256(other));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("ES256K")]
    [InlineData("rs256")]
    public void Believes_no_algorithm_but_the_one_the_caller_pins(string alg)
    {
        using RSA rsa = RSA.Create(2048);
        using ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string input = JsonWebToken.ComposeSigningInput(Encoding.UTF8.GetBytes($$"""{"alg":"{{alg}}"}"""), "{}"u8);
        byte[] octets = Encoding.ASCII.GetBytes(input);

        Assert.True(JsonWebToken.TryParse(
            JsonWebToken.Compose(input, ecdsa.SignData(octets, HashAlgorithmName.SHA256)), out JsonWebToken? first));
        Assert.False(first.VerifyEs256(ecdsa));
        Assert.True(JsonWebToken.TryParse(
            JsonWebToken.Compose(input, rsa.SignData(octets, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            out JsonWebToken? second));
        Assert.False(second.VerifyRs256(rsa));
    }

    [Fact]
    public void Refuses_an_es256_signature_by_a_key_of_another_curve()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        string input = JsonWebToken.ComposeSigningInput("""{"alg":"ES256"}"""u8, "{}"u8);
        byte[] signature = key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);

        Assert.True(JsonWebToken.TryParse(JsonWebToken.Compose(input, signature), out JsonWebToken? token));
        Assert.False(token.VerifyEs256(key));
    }

    public static TheoryData<string> Malformed => new()
    {
        "",
        "..",
        "e30.e30.e30",
        "eyJhbGciOiJSUzI1NiJ9.e30",
        "eyJhbGciOiJSUzI1NiJ9.e30.",
        "eyJhbGciOiJSUzI1NiJ9.e30.AA.AA",
        "eyJhbGciOiJSUzI1NiJ9.e30.AB",
        "eyJhbGciOiJSUzI1NiJ9.e30.AA==",
        "eyJhbGciOiJSUzI1NiJ9.e30. AA",
        "eyJhbGciOiJSUzI1NiJ9.e3 0.AA",
        "eyJhbGciOiJSUzI1NiJ9.e3+0.AA",
        Compact("""{"alg":"RS256","alg":"ES256"}"""),
        Compact("""{"alg":"RS256","crit":["exp"]}"""),
        Compact("""{"alg":256}"""),
        Compact("""{"alg":"RS256","kid":7}"""),
        Compact("""{"alg":"RS256","kid":"\ud800"}"""),
        Compact("""{"alg":"RS256","x":[[[[[]]]]]}"""),
        Compact("""["alg","RS256"]"""),
        Compact("""{"alg":"RS256"} {}"""),
        Compact($$"""{"alg":"RS256","x":"{{new string('x', 7000)}}"}"""),
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Refuses_to_parse_what_is_not_a_strict_compact_token(string compact) =>
        Assert.False(JsonWebToken.TryParse(compact, out _));

    [Fact]
    public void Prints_nothing_of_the_token()
    {
        Assert.True(JsonWebToken.TryParse(Rfc7515Es256, out JsonWebToken? token));

        Assert.Equal("JsonWebToken(redacted)", token.ToString());
    }

    private static string Compact(string header) =>
        JsonWebToken.Compose(JsonWebToken.ComposeSigningInput(Encoding.UTF8.GetBytes(header), "{}"u8), [0]);
}
