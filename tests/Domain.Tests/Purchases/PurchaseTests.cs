using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Sessions;
using Souk.Domain.Tests.Listings;

namespace Souk.Domain.Tests.Purchases;

public sealed class PurchaseTests
{
    private static readonly DateTimeOffset Now = SampleListings.Now;
    private static readonly TransactionHash Transaction = new(Keccak256.HashText("one"));
    private static readonly TransactionHash Other = new(Keccak256.HashText("other"));

    /// <summary>From, then what may follow: H(eld) S(ubmitted) T (settled) R(eleased) F(ailed).</summary>
    private static readonly Dictionary<PurchaseStatus, (string Moves, string Corrections)> Expected = new()
    {
        [PurchaseStatus.Held] = ("STRF", ""),
        [PurchaseStatus.Submitted] = ("TF", ""),
        [PurchaseStatus.Settled] = ("", "HSRF"),
        [PurchaseStatus.Released] = ("", "HT"),
        [PurchaseStatus.Failed] = ("", "ST"),
    };

    [Fact]
    public void Allows_exactly_the_moves_of_the_design()
    {
        const string letters = "HSTRF";
        foreach (PurchaseStatus from in Enum.GetValues<PurchaseStatus>())
        {
            foreach (PurchaseStatus to in Enum.GetValues<PurchaseStatus>())
            {
                bool canMove = Expected[from].Moves.Contains(letters[(int)to], StringComparison.Ordinal);
                bool canCorrect = Expected[from].Corrections.Contains(letters[(int)to], StringComparison.Ordinal);
                Assert.True(canMove == PurchaseLifecycle.CanMove(from, to), $"{from} to {to}");
                Assert.True((canMove || canCorrect) == PurchaseLifecycle.CanCorrect(from, to), $"{from} to {to}");
            }

            Assert.Equal(Expected[from].Moves.Length == 0, PurchaseLifecycle.IsTerminal(from));
        }
    }

    [Fact]
    public void Begins_on_the_listing_held_for_it()
    {
        Purchase held = Held();

        Assert.Equal((Now.AddMinutes(3), Now.AddSeconds(150)), (held.HeldUntil, held.FillableUntil));
        Assert.Equal(SampleListings.Active().Price, held.Price);
        Assert.Throws<ArgumentException>(() => Purchase.Begin(
            SampleListings.Held(), SampleListings.OtherPurchase, held.BuyerId, held.Buyer));
    }

    [Fact]
    public void Is_void_by_condition_when_its_hold_has_lapsed()
    {
        Purchase held = Held();

        Assert.True(held.IsHeldAt(Now.AddMinutes(3).AddTicks(-1)));
        Assert.False(held.IsHeldAt(Now.AddMinutes(3)));
        Assert.Equal(FailureCode.HoldLapsed, held.Submit(Transaction, Now.AddMinutes(3)).Failure?.Code);
    }

    [Fact]
    public void Takes_the_same_report_twice_and_another_not()
    {
        Purchase submitted = Held().Submit(Transaction, Now).OrThrow();

        Assert.Equal(submitted, submitted.Submit(Transaction, Now.AddDays(1)).OrThrow());
        Assert.Equal(FailureCode.Conflict, submitted.Submit(Other, Now).Failure?.Code);
    }

    [Fact]
    public void Settles_whatever_stood_here_for_the_chain_decides()
    {
        Purchase[] any =
        [
            Held(),
            Held().Submit(Other, Now).OrThrow(),
            Held().Release().OrThrow(),
            Held().Submit(Other, Now).OrThrow().End(PurchaseReason.NotFilledInTime).OrThrow(),
        ];

        Assert.All(any, it =>
        {
            Purchase settled = it.Settle(Transaction).OrThrow();
            Assert.Equal(
                (PurchaseStatus.Settled, Transaction, null),
                (settled.Status, settled.Transaction, settled.Reason));
            Assert.Equal(settled, settled.Settle(Transaction).OrThrow());
            Assert.NotNull(settled.Settle(Other).Failure);
        });
    }

    [Fact]
    public void Stands_where_it_stood_when_the_block_that_moved_it_is_undone()
    {
        Purchase[] any =
        [
            Held(),
            Held().Submit(Other, Now).OrThrow(),
            Held().Release().OrThrow(),
            Held().Submit(Other, Now).OrThrow().End(PurchaseReason.NotFilledInTime).OrThrow(),
        ];

        Assert.All(any, before =>
        {
            Purchase settled = before.Settle(Transaction).OrThrow();
            Assert.Equal(before, settled.Undo(PurchaseStanding.Of(before), PurchaseStanding.Of(settled)));
            Assert.True(PurchaseLifecycle.CanCorrect(PurchaseStatus.Settled, before.Status));
        });
    }

    [Fact]
    public void Keeps_what_came_after_the_block_that_is_undone()
    {
        Purchase ended = Held().End(PurchaseReason.ListingUnavailable).OrThrow();
        Purchase settled = ended.Settle(Transaction).OrThrow();

        Assert.Equal(settled, settled.Undo(PurchaseStanding.Of(Held()), PurchaseStanding.Of(ended)));
    }

    [Fact]
    public void Is_given_back_only_before_a_transaction_was_reported()
    {
        Purchase released = Held().Release().OrThrow();

        Assert.Equal(
            (PurchaseStatus.Released, PurchaseReason.BuyerReleased), (released.Status, released.Reason));
        Assert.Equal(
            FailureCode.Conflict, Held().Submit(Transaction, Now).OrThrow().Release().Failure?.Code);
    }

    [Fact]
    public void Lapses_by_our_time_before_a_report_and_by_the_chains_after()
    {
        Purchase submitted = Held().Submit(Transaction, Now).OrThrow();
        DateTimeOffset later = Now.AddMinutes(3);

        Assert.NotNull(Held().Lapse(Now.AddMinutes(2), later).Failure);
        Assert.Equal(PurchaseReason.HoldLapsed, Held().Lapse(later, Now).OrThrow().Reason);
        Assert.NotNull(submitted.Lapse(later, Now.AddSeconds(149)).Failure);
        Assert.Equal(
            PurchaseReason.NotFilledInTime, submitted.Lapse(Now, Now.AddSeconds(150)).OrThrow().Reason);
    }

    [Fact]
    public void Can_be_filled_to_the_orders_end_when_nobody_need_authorize_it() =>
        Assert.Equal(
            SampleListings.Active().EndsAt,
            Begin(SampleListings.Held(Protection.Open)).FillableUntil);

    internal static Purchase Held() => Begin(SampleListings.Held());

    private static Purchase Begin(Listing listing) => Purchase.Begin(
        listing,
        SampleListings.Purchase,
        new UserId(new Guid("00000000-0000-0000-0000-0000000000c1")),
        SampleListings.Buyer);
}
