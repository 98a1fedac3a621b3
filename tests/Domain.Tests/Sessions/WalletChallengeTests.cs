using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;

namespace Souk.Domain.Tests.Sessions;

public sealed class WalletChallengeTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);
    private static readonly SessionId Session = new(new Guid("00000000-0000-0000-0000-000000000001"));

    private static readonly WalletClaim Claim = new(
        Address.Parse("0x00000000000000000000000000000000000000c2"),
        "souk.example",
        new Uri("https://souk.example/"),
        new ChainId(1),
        "abcdefgh12345678");

    private static readonly WalletChallenge Challenge = new(
        new ChallengeId(new Guid("00000000-0000-0000-0000-000000000003")),
        Session,
        new UserId(new Guid("00000000-0000-0000-0000-000000000002")),
        Claim.Wallet,
        Claim.Domain,
        Claim.Uri,
        Claim.ChainId,
        Claim.Nonce,
        Now,
        Now + SessionLimits.ChallengeLifetime);

    public static TheoryData<string, WalletClaim> Wrong => new()
    {
        { "wallet", Claim with { Wallet = Address.Zero } },
        { "domain", Claim with { Domain = "souk.example.evil" } },
        { "domain in another case", Claim with { Domain = "Souk.example" } },
        { "uri", Claim with { Uri = new Uri("https://souk.example/other") } },
        { "chain", Claim with { ChainId = new ChainId(137) } },
        { "nonce", Claim with { Nonce = "abcdefgh12345679" } },
    };

    [Fact]
    public void Is_consumed_by_its_answer_and_only_once()
    {
        WalletChallenge consumed = Challenge.Consume(Session, Claim, Now).OrThrow();

        Assert.Equal(Now, consumed.ConsumedAt);
        Assert.Equal(FailureCode.ChallengeInvalid, consumed.Consume(Session, Claim, Now).Failure?.Code);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Is_bound_to_all_that_it_asked(string what, WalletClaim claim) =>
        Assert.True(
            Challenge.Consume(Session, claim, Now).Failure is { Code: FailureCode.ChallengeInvalid }, what);

    [Fact]
    public void Is_bound_to_its_session_and_its_time()
    {
        SessionId other = new(new Guid("00000000-0000-0000-0000-000000000009"));

        Assert.NotNull(Challenge.Consume(other, Claim, Now).Failure);
        Assert.Null(Challenge.Consume(Session, Claim, Challenge.ExpiresAt.AddTicks(-1)).Failure);
        Assert.NotNull(Challenge.Consume(Session, Claim, Challenge.ExpiresAt).Failure);
    }

    [Fact]
    public void Tells_a_caller_the_same_whatever_was_wrong() =>
        Assert.Single(
            Wrong.Select(row => Challenge.Consume(Session, row.Data.Item2, Now).Failure!.Detail).Distinct());

    [Fact]
    public void Tells_nothing_of_its_nonce_in_its_text() =>
        Assert.DoesNotContain(Claim.Nonce, $"{Challenge}", StringComparison.Ordinal);
}
