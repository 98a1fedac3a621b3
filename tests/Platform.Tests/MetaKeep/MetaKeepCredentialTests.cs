using System.Security.Cryptography;
using System.Text;
using Souk.Platform.MetaKeep;

namespace Souk.Platform.Tests.MetaKeep;

/// <summary>The vendor's request signature against its own algorithm's figures.</summary>
public sealed class MetaKeepCredentialTests
{
    private const string ApiKey = "Ax4YUy/UdUwC8wQdnHXOszuD/9gax85P6ILMscmLxYlu";
    private const string ApiSecret = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    private const long Timestamp = 1_700_000_000_000;

    public static TheoryData<string, string?, string, string, string> Vectors => new()
    {
        {
            "/v2/app/transaction/status", null, """{"transactionId":"695a704c-d01b-4e02-978a-1767b31dde46"}""",
            "f145ae3d93702494ba993d63adecfa82626f665afd10623b87b8594ddca3053e",
            "a6f252f88fca302063a6978a632a5ac5c348f612eea8677733e21c8f067a5ea9"
        },
        {
            "/v2/app/lambda/invoke", "idem-0001",
            """{"lambda":"0x94f943354dB6710da3010bA4F9646402DEC1C73c","function":{"name":"mint","args":["123"]},"""
            + """
            "description":{"text":"mint an NFT"}}
            """,
            "ca528d10ceac28cb0cf1340d7f73790c1b3216861189875dc56ca2e6149f4e7b",
            "510597ead6cd0b2c65e7d1683ae4a3e4e3ab4021059ebb01298fe16ebfcd24b9"
        },
        {
            "/v3/getDeveloperWallet", null, "",
            "8024f15d32c6661f1db442a1bf27208b7f23a9c25b0ea3fe96a81543571fc97a",
            "48480cf3ed3e6bf521f4bb208b657a9e0719c263ffb2332becdca76e33d54fab"
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Hashes_the_request_as_the_vendor_does(
        string path, string? idempotencyKey, string body, string expectedHash, string expectedHashOfHash)
    {
        byte[] text = Text(path, idempotencyKey, body);

        byte[] hash = SHA256.HashData(text);

        Assert.Equal(expectedHash, Convert.ToHexStringLower(hash));
        Assert.Equal(expectedHashOfHash, Convert.ToHexStringLower(SHA256.HashData(hash)));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Signs_the_hash_of_the_hash_with_the_key_pair(
        string path, string? idempotencyKey, string body, string _, string expectedHashOfHash)
    {
        string signature = MetaKeepCredential.Parse(ApiKey, ApiSecret).Sign(Text(path, idempotencyKey, body));

        using ECDsa key = PublicKey();
        Assert.True(key.VerifyHash(
            Convert.FromHexString(expectedHashOfHash),
            Convert.FromBase64String(signature),
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Theory]
    [InlineData(0, "7cMh/FHLRF3OGvTMSOFlDgezj4yssRIqP36UqlAHRsJn++ULNYxuL+GO4nZ00vs78GKhOUifiOFGBukobu771g==")]
    [InlineData(1, "o4C09KKR89SQBkjCoy4fFjuECXKeKZMRFuSR/i3qhBSu8QBYU25iOB1rUkBHE4SEnBR8jpmFYhCpYIBvspLwVw==")]
    public void Agrees_with_signatures_made_by_the_vendors_code(int vector, string signature)
    {
        (string path, string? idempotencyKey, string body, _, _) = Vectors.ElementAt(vector).Data;

        using ECDsa key = PublicKey();
        Assert.True(key.VerifyData(
            SHA256.HashData(Text(path, idempotencyKey, body)),
            Convert.FromBase64String(signature),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Theory]
    [InlineData(ApiKey, "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg")]
    [InlineData(ApiKey, "")]
    [InlineData("", ApiSecret)]
    [InlineData("not base64", ApiSecret)]
    public void Refuses_a_key_and_secret_that_do_not_belong_together_without_repeating_them(string key, string secret)
    {
        FormatException refused = Assert.Throws<FormatException>(() => MetaKeepCredential.Parse(key, secret));

        Assert.True(key.Length == 0 || !refused.Message.Contains(key, StringComparison.Ordinal));
        Assert.True(secret.Length == 0 || !refused.Message.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public void Prints_neither_key_nor_secret()
    {
        string text = MetaKeepCredential.Parse(ApiKey, ApiSecret).ToString();

        Assert.DoesNotContain(ApiKey, text, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiSecret, text, StringComparison.Ordinal);
    }

    private static byte[] Text(string path, string? idempotencyKey, string body) => MetaKeepCredential.StringToSign(
        "api.metakeep.xyz", "POST", path, idempotencyKey, Timestamp, Encoding.UTF8.GetBytes(body));

    private static ECDsa PublicKey() => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint
        {
            X = Convert.FromHexString("1E18532FD4754C02F3041D9C75CEB33B83FFD81AC7CE4FE882CCB1C98BC5896E"),
            Y = Convert.FromHexString("A46C311C4E2FF40DD96A3653E6E45445D32DFE486ECED75C7A90C6A18881C0A3"),
        },
    });
}
