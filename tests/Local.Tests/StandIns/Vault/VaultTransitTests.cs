using System.Net;
using System.Security.Cryptography;

namespace Souk.Local.Tests.StandIns.Vault;

public sealed class VaultTransitTests : VaultWireTests
{
    [Theory]
    [InlineData("ecdsa-p256", "")]
    [InlineData("ecdsa-p256", ""","marshaling_algorithm":"jws" """)]
    [InlineData("rsa-2048", "")]
    [InlineData("rsa-2048", ""","signature_algorithm":"pkcs1v15" """)]
    public async Task Verifies_what_it_signed_and_nothing_else(string type, string options)
    {
        StandIn.CreateTransitKey("k", type);
        WireAnswer signed = await CallAsync("POST", "transit/sign/k", $$"""{"input":"aGVsbG8="{{options}}}""");
        string signature = signed.Data["signature"]!.GetValue<string>();

        Assert.StartsWith("vault:v1:", signature, StringComparison.Ordinal);
        Assert.True(await ValidAsync($$"""{"input":"aGVsbG8=","signature":"{{signature}}"{{options}}}"""));
        Assert.False(await ValidAsync($$"""{"input":"aGVsbA==","signature":"{{signature}}"{{options}}}"""));
    }

    [Fact]
    public async Task Prints_public_keys_as_pem_by_version()
    {
        StandIn.CreateTransitKey("k", "ecdsa-p256");
        await CallAsync("POST", "transit/keys/k/rotate");

        WireAnswer answer = await CallAsync("GET", "transit/keys/k");

        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(answer.Data["keys"]!["2"]!["public_key"]!.GetValue<string>());
        Assert.Equal(2, answer.Data["latest_version"]!.GetValue<int>());
        Assert.Equal("ecdsa-p256", answer.Data["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Rewraps_to_the_newest_version()
    {
        StandIn.CreateTransitKey("k", "aes256-gcm96");
        string old = await EncryptAsync();
        StandIn.RotateTransitKey("k");

        WireAnswer answer = await CallAsync("POST", "transit/rewrap/k", $$"""{"ciphertext":"{{old}}"}""");

        Assert.StartsWith("vault:v2:", answer.Data["ciphertext"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_ciphertext_of_a_version_below_the_least()
    {
        StandIn.CreateTransitKey("k", "aes256-gcm96");
        string old = await EncryptAsync();
        StandIn.RotateTransitKey("k");
        await CallAsync("POST", "transit/keys/k/config", """{"min_decryption_version":2}""");

        await RefusesAsync(DecryptAsync(old), HttpStatusCode.BadRequest, "disallowed by policy (too old)");
    }

    [Theory]
    [InlineData("plain", "no prefix")]
    [InlineData("vault:v2:AAAA", "version is too new")]
    [InlineData("vault:vx:AAAA", "version number could not be decoded")]
    [InlineData("vault:v1:AAAA", "unable to decrypt")]
    [InlineData("vault:v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "unable to decrypt")]
    public async Task Refuses_a_ciphertext_that_is_not_its_own(string ciphertext, string error)
    {
        StandIn.CreateTransitKey("k", "aes256-gcm96");

        await RefusesAsync(DecryptAsync(ciphertext), HttpStatusCode.BadRequest, error);
    }

    [Theory]
    [InlineData("transit/decrypt/none", """{"ciphertext":"vault:v1:AAAA"}""", "encryption key not found")]
    [InlineData("transit/sign/none", """{"input":""}""", "signing key not found")]
    [InlineData("transit/sign/aes", """{"input":""}""", "does not support signing")]
    [InlineData("transit/encrypt/ec", """{"plaintext":""}""", "encryption not supported")]
    [InlineData("transit/encrypt/aes", "{}", "missing plaintext")]
    [InlineData("transit/encrypt/aes", """{"plaintext":"*"}""", "base64")]
    [InlineData("transit/encrypt/aes", """{"plaintext":"","key_version":2}""", "higher than the latest")]
    [InlineData("transit/sign/ec", "{}", "missing input")]
    [InlineData("transit/sign/ec", """{"input":"","hash_algorithm":"md5"}""", "invalid hash algorithm")]
    [InlineData("transit/sign/ec", """{"input":"","marshaling_algorithm":"raw"}""", "invalid marshaling type")]
    [InlineData("transit/verify/ec", """{"input":""}""", "neither a 'signature'")]
    [InlineData("transit/verify/ec", """{"input":"","signature":"vault:v1:*"}""", "invalid base64 signature")]
    [InlineData("transit/datakey/plaintext/aes", """{"bits":100}""", "invalid bit length")]
    [InlineData("transit/datakey/hidden/aes", "{}", "must be 'plaintext' or 'wrapped'")]
    [InlineData("transit/keys/new", """{"type":"secp256k1"}""", "unknown key type")]
    [InlineData("transit/keys/aes/config", """{"min_decryption_version":2}""", "cannot set min decryption version")]
    public async Task Refuses_what_a_key_cannot_do(string path, string body, string error)
    {
        StandIn.CreateTransitKey("aes", "aes256-gcm96");
        StandIn.CreateTransitKey("ec", "ecdsa-p256");

        await RefusesAsync(CallAsync("POST", path, body), HttpStatusCode.BadRequest, error);
    }

    [Fact]
    public async Task Answers_an_absent_key_with_404() =>
        Assert.Equal(404, (await CallAsync("GET", "transit/keys/none")).Status);

    [Fact]
    public async Task Creates_a_key_by_encrypting_only_for_one_who_may_create()
    {
        string token = TokenOf("""path "transit/encrypt/*" { capabilities = ["update"] }""");

        await RefusesAsync(
            CallAsync("POST", "transit/encrypt/new", """{"plaintext":""}""", token),
            HttpStatusCode.Forbidden,
            "permission denied");
        Assert.Equal(200, (await CallAsync("POST", "transit/encrypt/new", """{"plaintext":""}""")).Status);
        Assert.Equal(200, (await CallAsync("POST", "transit/encrypt/new", """{"plaintext":""}""", token)).Status);
    }

    [Fact]
    public async Task Wraps_a_data_key_without_showing_it()
    {
        StandIn.CreateTransitKey("k", "aes256-gcm96");

        WireAnswer answer = await CallAsync("POST", "transit/datakey/wrapped/k");

        Assert.Null(answer.Data["plaintext"]);
        string wrapped = answer.Data["ciphertext"]!.GetValue<string>();
        Assert.Equal(44, (await DecryptAsync(wrapped)).Data["plaintext"]!.GetValue<string>().Length);
    }

    private async Task<string> EncryptAsync() =>
        (await CallAsync("POST", "transit/encrypt/k", """{"plaintext":"aGVsbG8="}"""))
        .Data["ciphertext"]!.GetValue<string>();

    private Task<WireAnswer> DecryptAsync(string ciphertext) =>
        CallAsync("POST", "transit/decrypt/k", $$"""{"ciphertext":"{{ciphertext}}"}""");

    private async Task<bool> ValidAsync(string body) =>
        (await CallAsync("POST", "transit/verify/k", body)).Data["valid"]!.GetValue<bool>();
}
