using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;

namespace Souk.Domain.Tests.Sessions;

public sealed class SessionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);
    private static readonly Bytes32 Secret = Keccak256.HashText("secret");

    [Fact]
    public void Trades_each_token_once_for_the_next()
    {
        Session session = Start();
        RefreshToken first = session.Issue(Token(1), Secret, Now);

        Refresh refresh = session.Rotate(first, Token(2), Secret, Now.AddDays(1));

        Assert.Null(refresh.Failure);
        Assert.Equal((1, 2), (first.Generation, refresh.Next?.Generation));
        Assert.Equal(session with { Generation = 2, RotatedAt = Now.AddDays(1) }, refresh.Session);
        Assert.Equal(Now.AddDays(1), refresh.Used?.UsedAt);
        Assert.Equal((Token(2), session.Id, null), (refresh.Next!.Id, refresh.Next.SessionId, refresh.Next.UsedAt));
    }

    [Fact]
    public void Revokes_the_whole_family_when_a_traded_token_comes_again()
    {
        Refresh refresh = First();

        Refresh again = refresh.Session.Rotate(refresh.Used!, Token(3), Secret, Now.AddSeconds(30));
        Refresh honest = again.Session.Rotate(refresh.Next!, Token(4), Secret, Now.AddSeconds(31));

        Assert.Equal(FailureCode.SessionRevoked, again.Failure?.Code);
        Assert.Equal(SessionEnd.TokenReused, again.Session.End);
        Assert.Null(again.Next);
        Assert.Equal(FailureCode.SessionRevoked, honest.Failure?.Code);
        Assert.Null(honest.Next);
    }

    [Fact]
    public void Answers_again_within_half_a_minute_for_the_answer_may_have_been_lost()
    {
        Refresh refresh = First();

        Refresh again = refresh.Session.Rotate(refresh.Used!, Token(3), Secret, Now.AddSeconds(29));

        Assert.Null(again.Failure);
        Assert.Equal(refresh.Session, again.Session);
        Assert.Equal((Token(3), refresh.Next?.Generation), (again.Next!.Id, again.Next.Generation));
    }

    [Fact]
    public void Finds_the_thief_who_came_within_the_half_minute_when_both_go_on()
    {
        Refresh owner = First();
        Refresh thief = owner.Session.Rotate(owner.Used!, Token(3), Secret, Now.AddSeconds(5));

        Refresh further = thief.Session.Rotate(thief.Next!, Token(4), Secret, Now.AddMinutes(1));
        Refresh late = further.Session.Rotate(owner.Next!, Token(5), Secret, Now.AddMinutes(10));

        Assert.Null(further.Failure);
        Assert.Equal(SessionEnd.TokenReused, late.Session.End);
    }

    [Fact]
    public void Never_answers_again_once_the_next_token_was_traded()
    {
        Refresh first = First();
        Refresh second = first.Session.Rotate(first.Next!, Token(3), Secret, Now.AddSeconds(1));

        Refresh again = second.Session.Rotate(first.Used!, Token(4), Secret, Now.AddSeconds(2));

        Assert.Equal(SessionEnd.TokenReused, again.Session.End);
    }

    [Fact]
    public void Revokes_even_when_the_token_that_comes_again_has_lapsed()
    {
        Refresh refresh = First();

        Refresh again = refresh.Session.Rotate(refresh.Used!, Token(3), Secret, Now.AddDays(15));

        Assert.Equal(SessionEnd.TokenReused, again.Session.End);
    }

    [Theory]
    [InlineData(TokenAudience.User, 14 * 24, 30 * 24)]
    [InlineData(TokenAudience.Admin, 1, 12)]
    public void Lapses_when_idle_and_ends_whatever_its_use(TokenAudience audience, int idleHours, int lifeHours)
    {
        Session session = Start(audience);
        RefreshToken token = session.Issue(Token(1), Secret, Now);
        RefreshToken late = session.Issue(Token(2), Secret, Now.AddHours(lifeHours).AddMinutes(-1));

        Assert.Null(session.Rotate(token, Token(3), Secret, Now.AddHours(idleHours).AddTicks(-1)).Failure);
        Assert.Equal(
            FailureCode.Unauthenticated,
            session.Rotate(token, Token(3), Secret, Now.AddHours(idleHours)).Failure?.Code);
        Assert.Equal(session.EndsAt, late.ExpiresAt);
        Assert.Equal(Now.AddHours(lifeHours), session.EndsAt);
    }

    [Theory]
    [InlineData(TokenAudience.User, 30 * 24)]
    [InlineData(TokenAudience.Admin, 12)]
    public void Lasts_from_the_proof_of_who_it_is_and_refuses_one_too_old(TokenAudience audience, int lifeHours)
    {
        DateTimeOffset oldest = Now.AddHours(-lifeHours);

        Assert.Equal(FailureCode.SignInRefused, TryStart(audience, oldest).Failure?.Code);
        Assert.Equal(Now.AddMinutes(1), TryStart(audience, oldest.AddMinutes(1)).OrThrow().EndsAt);
        Assert.Equal(Start(audience), TryStart(audience, Now.AddMinutes(5)).OrThrow());
    }

    [Fact]
    public void Refuses_another_sessions_token()
    {
        Session other = Start() with { Id = new SessionId(new Guid("00000000-0000-0000-0000-000000000009")) };

        Refresh refresh = Start().Rotate(other.Issue(Token(1), Secret, Now), Token(2), Secret, Now);

        Assert.Equal(FailureCode.SessionRevoked, refresh.Failure?.Code);
    }

    [Fact]
    public void Keeps_the_first_reason_of_its_end() =>
        Assert.Equal(
            SessionEnd.SignedOut, Start().Revoke(SessionEnd.SignedOut).Revoke(SessionEnd.Revoked).End);

    [Fact]
    public void Tells_nothing_of_a_token_in_its_text() =>
        Assert.DoesNotContain(
            Secret.ToString(), $"{Start().Issue(Token(1), Secret, Now)}", StringComparison.OrdinalIgnoreCase);

    private static Refresh First()
    {
        Session session = Start();
        return session.Rotate(session.Issue(Token(1), Secret, Now), Token(2), Secret, Now);
    }

    private static Session Start(TokenAudience audience = TokenAudience.User) => TryStart(audience, Now).OrThrow();

    private static Decision<Session> TryStart(TokenAudience audience, DateTimeOffset authenticatedAt) => Session.Start(
        new SessionId(new Guid("00000000-0000-0000-0000-000000000001")),
        new UserId(new Guid("00000000-0000-0000-0000-000000000002")),
        audience,
        authenticatedAt,
        Now);

    private static RefreshTokenId Token(int number) => new(new Guid(number, 0, 0, new byte[8]));
}
