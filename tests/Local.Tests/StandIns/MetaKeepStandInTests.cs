using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Souk.Domain.Chain;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.StandIns;

/// <summary>The stand-in refuses what the vendor refuses, one test a refusal.</summary>
public sealed class MetaKeepStandInTests : IAsyncLifetime
{
    private const string WalletPath = "/v3/getDeveloperWallet";
    private const string SignPath = "/v2/app/sign/transaction";
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly MetaKeepStandIn _standIn;
    private readonly MetaKeepApp _app;
    private readonly HttpClient _http = new();

    public MetaKeepStandInTests()
    {
        _standIn = new MetaKeepStandIn("stand-in tests", _clock);
        _app = _standIn.AddApp(new ChainId(31337));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _standIn.StartAsync(Cancelled);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task Answers_a_signed_request() =>
        Assert.Equal((200, "SUCCESS"), await SendAsync(WalletPath, ""));

    [Fact]
    public async Task Refuses_an_unknown_key()
    {
        _standIn.RemoveApp(_app);

        Assert.Equal((401, "UNAUTHORIZED"), await SendAsync(WalletPath, ""));
    }

    [Fact]
    public async Task Refuses_a_disabled_app()
    {
        _app.IsEnabled = false;

        Assert.Equal((403, "FORBIDDEN"), await SendAsync(WalletPath, ""));
    }

    [Fact]
    public async Task Refuses_a_request_without_a_signature_where_the_app_asks_for_one() =>
        Assert.Equal((401, "UNAUTHORIZED"), await SendAsync(WalletPath, "", request => request.Signature = null));

    [Fact]
    public async Task Takes_a_request_without_a_signature_where_the_app_asks_for_none()
    {
        _app.IsSignatureRequired = false;

        Assert.Equal((200, "SUCCESS"), await SendAsync(WalletPath, "", request => request.Signature = null));
    }

    [Fact]
    public async Task Refuses_a_signature_over_another_body() =>
        Assert.Equal((401, "UNAUTHORIZED"), await SendAsync(WalletPath, "{}", request => request.Body = "{ }"));

    [Theory]
    [InlineData(-61, 401)]
    [InlineData(-60, 200)]
    [InlineData(60, 200)]
    [InlineData(61, 401)]
    public async Task Takes_a_timestamp_within_a_minute_to_either_side(int seconds, int expected)
    {
        (int status, _) = await SendAsync(WalletPath, "", at: _clock.GetUtcNow().AddSeconds(seconds));

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Refuses_the_transaction_of_another_chain() =>
        Assert.Equal((400, "UNSUPPORTED_OPERATION"), await SendAsync(SignPath, Transaction("0x1")));

    [Fact]
    public async Task Signs_the_transaction_of_its_own_chain() =>
        Assert.Equal((200, "SUCCESS"), await SendAsync(SignPath, Transaction("0x7a69")));

    [Fact]
    public async Task Refuses_a_transaction_without_a_reason() => Assert.Equal(
        (400, "INVALID_REQUEST"),
        await SendAsync(SignPath, Transaction("0x7a69").Replace("because", "", StringComparison.Ordinal)));

    [Fact]
    public async Task Refuses_what_is_not_json() =>
        Assert.Equal((400, "INVALID_REQUEST"), await SendAsync(SignPath, "{"));

    [Fact]
    public async Task Refuses_an_email_without_a_domain() =>
        Assert.Equal((400, "INVALID_EMAIL"), await SendAsync("/v3/getWallet", """{"user":{"email":"ana"}}"""));

    [Fact]
    public async Task Limits_the_requests_of_one_second()
    {
        _app.RequestsPerSecondMax = 1;
        await SendAsync(WalletPath, "");

        (int status, _) = await SendAsync(WalletPath, "");
        _clock.Advance(TimeSpan.FromSeconds(1));
        (int later, _) = await SendAsync(WalletPath, "");

        Assert.Equal((429, 200), (status, later));
    }

    [Fact]
    public async Task Replays_the_first_answer_for_the_same_idempotency_key()
    {
        (int first, string firstStatus) = await SendAsync(SignPath, Transaction("0x1"), request => request.Key = "one");
        (int second, string secondStatus) =
            await SendAsync(SignPath, Transaction("0x7a69"), request => request.Key = "one");

        Assert.Equal((first, firstStatus), (second, secondStatus));
    }

    [Fact]
    public async Task Answers_a_scripted_error_in_the_vendors_shape()
    {
        _standIn.Next(500);

        Assert.Equal((500, "SOMETHING_WENT_WRONG"), await SendAsync(WalletPath, ""));
    }

    [Fact]
    public void Has_the_same_wallet_in_each_run() => Assert.Equal(
        new MetaKeepStandIn("stand-in tests", _clock).AddApp(new ChainId(31337)).Wallet.Address,
        _app.Wallet.Address);

    private static string Transaction(string chainId) => $$"""
        {"transactionObject":{"type":"0x2","chainId":"{{chainId}}","to":"0x00000000006c3852cbef3e08e8df289169ede581",
        "nonce":"0x0","value":"0x0","data":"0x","gas":"0x5208","maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x1"},
        "reason":"because"}
        """;

    private async Task<(int Status, string Text)> SendAsync(
        string path, string body, Action<Outgoing>? change = null, DateTimeOffset? at = null)
    {
        Outgoing outgoing = new() { Body = body };
        change?.Invoke(outgoing);
        string stamp = (at ?? _clock.GetUtcNow()).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        string idempotency = outgoing.Key is null ? "" : $"Idempotency-Key:{outgoing.Key}\n";
        string text = $"api.metakeep.xyz\nPOST\n{path}\n{idempotency}X-Timestamp:{stamp}\n{body}";
        using HttpRequestMessage message = new(HttpMethod.Post, new Uri(_standIn.Url, path));
        message.Content = new StringContent(outgoing.Body, Encoding.UTF8, "application/json");
        message.Headers.Add("x-api-key", _app.ApiKey);
        message.Headers.Add("X-Timestamp", stamp);
        if (outgoing.Key is not null)
            message.Headers.Add("Idempotency-Key", outgoing.Key);
        if (outgoing.Signature is not null)
            message.Headers.Add("X-Api-Signature", Sign(text));
        using HttpResponseMessage response = await _http.SendAsync(message, Cancelled);
        using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));
        return ((int)response.StatusCode, json.RootElement.GetProperty("status").GetString()!);
    }

    private string Sign(string text)
    {
        byte[] scalar = System.Buffers.Text.Base64Url.DecodeFromChars(_app.ApiSecret);
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        return Convert.ToBase64String(key.SignData(
            SHA256.HashData(Encoding.UTF8.GetBytes(text)),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    private sealed class Outgoing
    {
        internal string Body { get; set; } = "";

        internal string? Key { get; set; }

        internal string? Signature { get; set; } = "made";
    }
}
