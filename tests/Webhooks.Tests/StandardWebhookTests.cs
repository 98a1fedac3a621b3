using System.Text;
using Microsoft.AspNetCore.Http;
using Souk.Domain.Failures;

namespace Souk.Webhooks.Tests;

/// <summary>The vectors and cases that the libraries of Standard Webhooks are published with.</summary>
public sealed class StandardWebhookTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Payload = """{"test": 2432232314}""";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private const string Another = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

    private static readonly DateTimeOffset SignedAt = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    [Fact]
    public void Agrees_with_the_published_signature() => Assert.Equal(Id, Verify(Headers()));

    [Fact]
    public void Takes_a_secret_with_and_without_its_prefix() =>
        Assert.Equal(Id, Verify(Headers(), secret: Secret["whsec_".Length..]));

    [Fact]
    public void Takes_one_right_signature_among_several() =>
        Assert.Equal(Id, Verify(Headers(signature: $"{Another} {Another.Replace("v1", "v2", StringComparison.Ordinal)} "
            + $"{Signature} {Another}")));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v1,")]
    [InlineData("v1,g0hM9")]
    [InlineData("v1,dawfeoifkpqwoekfpqoekf")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLawdd")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData(Another)]
    public void Refuses_a_missing_partial_or_wrong_signature(string? signature) =>
        AssertRefused(Headers(signature: signature));

    [Fact]
    public void Looks_at_no_more_signatures_than_a_sender_may_need() => AssertRefused(
        Headers(signature: string.Concat(Enumerable.Repeat($"{Another} ", 16)) + Signature));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("msg p5")]
    [InlineData("msg.p5")]
    public void Refuses_a_missing_id_and_one_that_could_be_parted_elsewhere(string? id) => AssertRefused(Headers(id));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("1614265330.5")]
    [InlineData("-1614265330")]
    [InlineData("9223372036854775807")]
    [InlineData("99999999999999999999")]
    public void Refuses_a_missing_or_invalid_time(string? timestamp) => AssertRefused(Headers(timestamp: timestamp));

    [Theory]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public void Takes_what_was_signed_within_five_minutes_either_way(int secondsApart, bool isTaken)
    {
        DateTimeOffset now = SignedAt.AddSeconds(secondsApart);
        if (isTaken)
            Assert.Equal(Id, Verify(Headers(), now: now));
        else
            AssertRefused(Headers(), now);
    }

    [Theory]
    [InlineData("""{"test": 2432232315}""")]
    [InlineData("""{"test": 2432232314} """)]
    [InlineData("")]
    public void Refuses_another_body(string payload) =>
        Assert.Throws<FailureException>(() => Verify(Headers(), payload: payload));

    [Fact]
    public void Refuses_another_id_and_another_time_under_the_same_signature()
    {
        AssertRefused(Headers("msg_another"));
        AssertRefused(Headers(timestamp: "1614265331"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_no base64!")]
    [InlineData("whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData(null)]
    public void Takes_no_secret_of_another_kind_or_length(string? secret) =>
        Assert.Null(StandardWebhook.TryReadSecret(secret));

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_secret_has_24_to_64_octets(int length, bool isOne)
    {
        string secret = $"whsec_{Convert.ToBase64String(new byte[length])}";

        Assert.Equal(isOne ? length : null, StandardWebhook.TryReadSecret(secret)?.Length);
    }

    private static string Verify(
        HeaderDictionary headers, string payload = Payload, string secret = Secret, DateTimeOffset? now = null) =>
        StandardWebhook.Verify(
            headers, Encoding.UTF8.GetBytes(payload), [StandardWebhook.TryReadSecret(secret)!], now ?? SignedAt);

    private static void AssertRefused(HeaderDictionary headers, DateTimeOffset? now = null)
    {
        FailureException refusal = Assert.Throws<FailureException>(() => Verify(headers, now: now));
        Assert.Equal(FailureCode.WebhookSignatureInvalid, refusal.Failure.Code);
    }

    private static HeaderDictionary Headers(
        string? id = Id, string? timestamp = "1614265330", string? signature = Signature)
    {
        HeaderDictionary headers = [];
        if (id is not null) headers["webhook-id"] = id;
        if (timestamp is not null) headers["webhook-timestamp"] = timestamp;
        if (signature is not null) headers["webhook-signature"] = signature;
        return headers;
    }
}
