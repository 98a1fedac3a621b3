using Souk.Domain.Listings;

namespace Souk.Domain.Tests.Listings;

/// <summary>What is left of a listing when a block that moved it left the chain, and something came after it.</summary>
public sealed class ListingUndoneTests
{
    private static readonly DateTimeOffset Now = SampleListings.Now;

    [Fact]
    public void Every_move_of_a_log_is_taken_back_whole()
    {
        foreach (ListingStatus from in Enum.GetValues<ListingStatus>())
        {
            Listing before = SampleListings.In(from);
            Listing?[] moved =
            [
                Try(before.Fill(null)),
                Try(before.CancelOnChain(ListingReason.CounterRaised)),
                Try(before.Deactivate(ListingReason.TokenMoved)),
                Try(before.Deactivate(ListingReason.ApprovalRevoked)),
                Try(before.Reactivate()),
                Try(before.NeedReconfirm()),
                Try(before.Expire(before.EndsAt)),
                Try(before.CompleteCancel(before.EndsAt)),
            ];

            foreach (Listing after in moved.OfType<Listing>())
            {
                Assert.Equal(before, Undo(after, before, after));
                Assert.True(after.Status == from || ListingLifecycle.CanCorrect(after.Status, from));
            }
        }
    }

    [Fact]
    public void What_its_seller_cancelled_since_stays_cancelled()
    {
        Listing before = SampleListings.Active();
        Listing inactive = before.Deactivate(ListingReason.TokenMoved).OrThrow();
        Listing cancelled = inactive.Cancel(Now).OrThrow();

        Assert.Equal(cancelled, Undo(cancelled, before, inactive));
    }

    [Fact]
    public void What_waits_to_be_cancelled_since_goes_on_waiting()
    {
        Listing before = SampleListings.Held();
        Listing inactive = before.Deactivate(ListingReason.TokenMoved).OrThrow();
        Listing pending = inactive.Cancel(Now).OrThrow();

        Assert.Equal(ListingStatus.CancelPending, pending.Status);
        Assert.Equal(pending, Undo(pending, before, inactive));
    }

    [Fact]
    public void What_expired_since_stays_expired()
    {
        Listing before = SampleListings.Active();
        Listing inactive = before.Deactivate(ListingReason.ApprovalRevoked).OrThrow();
        Listing expired = inactive.Expire(before.EndsAt).OrThrow();

        Assert.Equal(expired, Undo(expired, before, inactive));
    }

    [Fact]
    public void A_hold_given_back_since_stays_given_back()
    {
        Listing before = SampleListings.Held();
        Listing inactive = before.Deactivate(ListingReason.ApprovalRevoked).OrThrow();
        Listing released = inactive.Release(SampleListings.Purchase).OrThrow();

        Listing undone = Undo(released, before, inactive);

        Assert.Equal((ListingStatus.Active, null, null), (undone.Status, undone.HeldBy, undone.HeldUntil));
    }

    [Fact]
    public void A_hold_taken_since_stays_on_a_listing_that_is_off_sale_again()
    {
        Listing before = SampleListings.In(ListingStatus.Inactive);
        Listing active = before.Reactivate().OrThrow();
        Listing held = active.Hold(SampleListings.Purchase, SampleListings.Buyer, Now).OrThrow();

        Listing undone = Undo(held, before, active);

        Assert.Equal((before.Status, before.Reason), (undone.Status, undone.Reason));
        Assert.Equal(SampleListings.Purchase, undone.HeldBy);
    }

    [Fact]
    public void A_confirmation_since_falls_with_the_return_that_it_rested_on()
    {
        Listing gone = SampleListings.Active().Deactivate(ListingReason.TokenMoved).OrThrow();
        Listing back = gone.NeedReconfirm().OrThrow();
        Listing confirmed = back.Confirm().OrThrow();

        Assert.Equal(gone, Undo(confirmed, gone, back));
    }

    [Fact]
    public void A_confirmation_since_stays_where_the_token_never_left()
    {
        Listing before = SampleListings.Held();
        Listing gone = before.Deactivate(ListingReason.TokenMoved).OrThrow();
        Listing confirmed = gone.Confirm().OrThrow();

        Assert.Equal(before, Undo(confirmed, before, gone));
    }

    [Fact]
    public void A_hold_that_the_block_itself_ended_is_back()
    {
        Listing before = SampleListings.Held();
        Listing free = before.Release(SampleListings.Purchase).OrThrow();

        Assert.Equal(before, Undo(free, before, free));
    }

    [Fact]
    public void A_hold_taken_since_the_block_ended_another_stays()
    {
        Listing before = SampleListings.Held();
        Listing free = before.Release(SampleListings.Purchase).OrThrow();
        Listing held = free
            .Hold(SampleListings.OtherPurchase, SampleListings.Buyer, Now.AddMinutes(5)).OrThrow();

        Assert.Equal(held, Undo(held, before, free));
    }

    private static Listing? Try(Failures.Decision<Listing> move) => move.Failure is null ? move.OrThrow() : null;

    private static Listing Undo(Listing now, Listing before, Listing after) =>
        now.Undo(ListingStanding.Of(before), ListingStanding.Of(after));
}
