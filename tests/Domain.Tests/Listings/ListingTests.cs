using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;

namespace Souk.Domain.Tests.Listings;

public sealed class ListingTests
{
    private static readonly DateTimeOffset Now = SampleListings.Now;

    [Fact]
    public void Is_held_for_three_minutes_and_authorized_for_less()
    {
        Listing held = SampleListings.Held();

        Assert.Equal(ListingStatus.Held, held.Status);
        Assert.Equal(Now.AddMinutes(3), held.HeldUntil);
        Assert.Equal(Now.AddSeconds(150), held.LastAuthorizationExpiresAt);
        Assert.True(held.IsHeldAt(Now.AddMinutes(3).AddTicks(-1)));
        Assert.False(held.IsHeldAt(Now.AddMinutes(3)));
    }

    [Fact]
    public void Hands_no_authorization_out_for_an_open_listing() =>
        Assert.Null(SampleListings.Held(Protection.Open).LastAuthorizationExpiresAt);

    [Fact]
    public void Holds_for_the_same_purchase_again_without_a_change()
    {
        Listing held = SampleListings.Held();

        Assert.Equal(
            held, held.Hold(SampleListings.Purchase, SampleListings.Buyer, Now.AddMinutes(1)).OrThrow());
    }

    [Fact]
    public void Tells_another_buyer_how_long_the_hold_lasts()
    {
        Failure? failure = SampleListings.Held()
            .Hold(SampleListings.OtherPurchase, SampleListings.Buyer, Now.AddMinutes(1)).Failure;

        Assert.Equal((FailureCode.ListingHeld, TimeSpan.FromMinutes(2)), (failure?.Code, failure?.RetryAfter));
    }

    [Fact]
    public void Passes_to_another_buyer_when_the_hold_has_lapsed()
    {
        Listing held = SampleListings.Held()
            .Hold(SampleListings.OtherPurchase, SampleListings.Buyer, Now.AddMinutes(3)).OrThrow();

        Assert.Equal(SampleListings.OtherPurchase, held.HeldBy);
    }

    [Fact]
    public void Has_one_outstanding_authorization_even_after_a_release()
    {
        Listing released = SampleListings.Held().Release(SampleListings.Purchase).OrThrow();

        Failure? early = released
            .Hold(SampleListings.OtherPurchase, SampleListings.Buyer, Now.AddSeconds(149)).Failure;
        Decision<Listing> later = released
            .Hold(SampleListings.OtherPurchase, SampleListings.Buyer, Now.AddSeconds(150));

        Assert.Equal(ListingStatus.Active, released.Status);
        Assert.Equal((FailureCode.ListingHeld, TimeSpan.FromSeconds(1)), (early?.Code, early?.RetryAfter));
        Assert.Null(later.Failure);
    }

    [Fact]
    public void Frees_an_open_listing_at_once() =>
        Assert.Null(SampleListings.Held(Protection.Open).Release(SampleListings.Purchase).OrThrow()
            .Hold(SampleListings.OtherPurchase, SampleListings.Buyer, Now).Failure);

    [Fact]
    public void Is_released_only_by_the_purchase_that_holds_it() =>
        Assert.Equal(
            FailureCode.Conflict, SampleListings.Held().Release(SampleListings.OtherPurchase).Failure?.Code);

    [Fact]
    public void Refuses_a_hold_in_the_documented_order()
    {
        Listing active = SampleListings.Active();
        Listing ending = active with { EndsAt = Now.AddSeconds(60) };
        Address seller = active.Seller;

        Assert.Equal(FailureCode.ListingNotActive, Refusal(SampleListings.In(ListingStatus.Inactive), seller));
        Assert.Equal(FailureCode.ListingNotActive, Refusal(active with { StartsAt = Now.AddTicks(1) }, seller));
        Assert.Equal(FailureCode.OwnListing, Refusal(ending, seller));
        Assert.Equal(FailureCode.OrderExpired, Refusal(ending with { HeldUntil = Now.AddSeconds(9) }, Buyer));
        Assert.Equal(FailureCode.ListingHeld, Refusal(SampleListings.Held(), Buyer));
        Assert.Null(Refusal(active with { EndsAt = Now.AddSeconds(61) }, Buyer));
    }

    [Fact]
    public void Never_holds_or_authorizes_beyond_the_orders_end()
    {
        Listing ending = SampleListings.Active() with { EndsAt = Now.AddSeconds(90) };

        Listing held = ending.Hold(SampleListings.Purchase, SampleListings.Buyer, Now).OrThrow();

        Assert.Equal((ending.EndsAt, ending.EndsAt), (held.HeldUntil, held.LastAuthorizationExpiresAt));
    }

    [Fact]
    public void Authorizes_until_a_whole_second_for_the_chain_knows_no_other() =>
        Assert.Equal(0, SampleListings.Active().AuthorizationExpiryAt(Now.AddMilliseconds(777)).Millisecond);

    [Fact]
    public void Is_cancelled_at_once_while_no_authorization_went_out() =>
        Assert.Equal(ListingStatus.Cancelled, SampleListings.Active().Cancel(Now).OrThrow().Status);

    [Fact]
    public void Waits_with_a_cancel_until_the_chain_has_passed_the_authorization()
    {
        Listing pending = SampleListings.Held().Cancel(Now).OrThrow();

        Assert.Equal(ListingStatus.CancelPending, pending.Status);
        Assert.Equal(pending, pending.Cancel(Now).OrThrow());
        Assert.Equal(FailureCode.Conflict, pending.CompleteCancel(Now.AddSeconds(149)).Failure?.Code);
        Assert.Equal(ListingStatus.Cancelled, pending.CompleteCancel(Now.AddSeconds(150)).OrThrow().Status);
    }

    [Fact]
    public void Is_cancelled_at_once_when_the_chain_has_passed_the_authorization() =>
        Assert.Equal(
            ListingStatus.Cancelled,
            SampleListings.Held().Release(SampleListings.Purchase).OrThrow()
                .Cancel(Now.AddSeconds(150)).OrThrow().Status);

    [Fact]
    public void Leaves_the_cancel_of_an_open_listing_to_the_chain()
    {
        Listing pending = SampleListings.Active(Protection.Open).Cancel(Now).OrThrow();

        Assert.Equal(ListingStatus.CancelPending, pending.Status);
        Assert.NotNull(pending.CompleteCancel(Now.AddDays(9)).Failure);
        Assert.Equal(
            ListingReason.CancelledOnChain,
            pending.CancelOnChain(ListingReason.CancelledOnChain).OrThrow().Reason);
    }

    [Fact]
    public void Never_sells_silently_a_token_that_left_and_came_back()
    {
        Listing moved = SampleListings.Active().Deactivate(ListingReason.TokenMoved).OrThrow();

        Listing back = moved.NeedReconfirm().OrThrow();

        Assert.NotNull(moved.Reactivate().Failure);
        Assert.NotNull(back.Reactivate().Failure);
        Assert.Equal(ListingStatus.NeedsReconfirm, back.Status);
        Assert.Equal(ListingStatus.Active, back.Confirm().OrThrow().Status);
    }

    [Fact]
    public void Comes_back_by_itself_when_only_the_approval_was_gone()
    {
        Listing revoked = SampleListings.Active().Deactivate(ListingReason.ApprovalRevoked).OrThrow();

        Assert.Equal(SampleListings.Active(), revoked.Reactivate().OrThrow());
        Assert.Equal(ListingReason.TokenMoved, revoked.Deactivate(ListingReason.TokenMoved).OrThrow().Reason);
    }

    [Fact]
    public void Is_held_again_when_the_approval_comes_back_during_a_hold()
    {
        Listing held = SampleListings.Held();

        Listing back = held.Deactivate(ListingReason.ApprovalRevoked).OrThrow().Reactivate().OrThrow();

        Assert.Equal(held, back);
    }

    [Fact]
    public void Expires_by_the_chains_time()
    {
        Listing active = SampleListings.Active();

        Assert.NotNull(active.Expire(active.EndsAt.AddSeconds(-1)).Failure);
        Assert.Equal(ListingReason.Ended, active.Expire(active.EndsAt).OrThrow().Reason);
    }

    [Fact]
    public void Reads_a_lapsed_hold_as_active_and_a_passed_end_as_expired()
    {
        Listing held = SampleListings.Held();

        Assert.Equal(ListingStatus.Held, held.StatusAt(Now));
        Assert.Equal(ListingStatus.Active, held.StatusAt(Now.AddMinutes(3)));
        Assert.Equal(ListingStatus.Expired, held.StatusAt(held.EndsAt));
        Assert.Equal(ListingStatus.Filled, SampleListings.In(ListingStatus.Filled).StatusAt(held.EndsAt));
    }

    private static Address Buyer => SampleListings.Buyer;

    private static FailureCode? Refusal(Listing listing, Address buyer) =>
        listing.Hold(SampleListings.OtherPurchase, buyer, Now).Failure?.Code;
}
