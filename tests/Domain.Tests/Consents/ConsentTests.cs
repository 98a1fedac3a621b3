using Souk.Domain.Chain;
using Souk.Domain.Consents;
using Souk.Domain.Failures;

namespace Souk.Domain.Tests.Consents;

public sealed class ConsentTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly Guid s_transaction = new("695a704c-d01b-4e02-978a-1767b31dde46");

    private static Consent Asked { get; } = new(
        new ConsentId(new Guid("01a0860a-0a00-7000-8334-2455428cd4a8")), Guid.Empty, new ChainId(1), Address.Zero,
        Address.Zero, new byte[4], Wei.Zero, "why", s_now, s_now + Consent.Lifetime);

    [Fact]
    public void Is_submitted_until_the_way_back_is_over()
    {
        DateTimeOffset last = Asked.ExpiresAt + Consent.ReportMax;

        Assert.Equal(ConsentStatus.Submitted, Asked.Submit(s_transaction, last.AddTicks(-1)).OrThrow().Status);
        Assert.Equal(FailureCode.Conflict, Asked.Submit(s_transaction, last).Failure!.Code);
    }

    [Fact]
    public void Lapses_at_the_very_moment_from_which_it_cannot_be_submitted()
    {
        DateTimeOffset last = Asked.ExpiresAt + Consent.ReportMax;

        Assert.Same(Asked, Asked.Lapse(last.AddTicks(-1)));
        Assert.Equal((ConsentStatus.Lapsed, "not_answered"), (Asked.Lapse(last).Status, Asked.Lapse(last).Reason));
    }

    [Fact]
    public void Never_lapses_once_it_was_submitted()
    {
        Consent submitted = Asked.Submit(s_transaction, s_now).OrThrow();

        Assert.Same(submitted, submitted.Lapse(DateTimeOffset.MaxValue));
    }

    [Fact]
    public void Is_denied_or_submitted_and_never_both()
    {
        Consent denied = Asked.Deny().OrThrow();
        Consent submitted = Asked.Submit(s_transaction, s_now).OrThrow();

        Assert.Equal(FailureCode.Conflict, denied.Submit(s_transaction, s_now).Failure!.Code);
        Assert.Equal(FailureCode.Conflict, submitted.Deny().Failure!.Code);
        Assert.Same(denied, denied.Deny().OrThrow());
        Assert.Same(submitted, submitted.Submit(s_transaction, s_now).OrThrow());
    }

    [Fact]
    public void Every_status_is_reached_and_the_ends_lead_nowhere()
    {
        ConsentStatus[] all = Enum.GetValues<ConsentStatus>();
        ConsentStatus[] reached = [.. ConsentLifecycle.Moves.Values.SelectMany(to => to).Distinct()];

        Assert.Equal(all.Except([ConsentStatus.Asked]).Order(), reached.Order());
        Assert.All(
            all.Except([ConsentStatus.Asked, ConsentStatus.Submitted]),
            end => Assert.Empty(ConsentLifecycle.Moves[end]));
    }
}
