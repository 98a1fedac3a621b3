using Souk.Domain.Failures;
using Souk.Domain.Listings;

namespace Souk.Domain.Tests.Listings;

public sealed class ListingLifecycleTests
{
    /// <summary>From, then what may follow: A(ctive) H(eld) I(nactive) N(eedsReconfirm) P(ending) F C E.</summary>
    private static readonly Dictionary<ListingStatus, string> Expected = new()
    {
        [ListingStatus.Active] = "HINPFCE",
        [ListingStatus.Held] = "AINPFCE",
        [ListingStatus.Inactive] = "AHNPFCE",
        [ListingStatus.NeedsReconfirm] = "AHIPFCE",
        [ListingStatus.CancelPending] = "FCE",
        [ListingStatus.Filled] = "",
        [ListingStatus.Cancelled] = "",
        [ListingStatus.Expired] = "",
    };

    public static TheoryData<ListingStatus> Statuses => [.. Enum.GetValues<ListingStatus>()];

    [Fact]
    public void Allows_exactly_the_moves_of_the_design()
    {
        const string letters = "AHINPFCE";
        foreach (ListingStatus from in Enum.GetValues<ListingStatus>())
        {
            foreach (ListingStatus to in Enum.GetValues<ListingStatus>())
            {
                bool expected = Expected[from].Contains(letters[(int)to], StringComparison.Ordinal);
                Assert.True(expected == ListingLifecycle.CanMove(from, to), $"{from} to {to}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Ends_where_nothing_follows(ListingStatus status) =>
        Assert.Equal(Expected[status].Length == 0, ListingLifecycle.IsTerminal(status));

    [Fact]
    public void Lets_any_status_follow_a_hold_for_the_chain_decides() =>
        Assert.All(
            Enum.GetValues<ListingStatus>().Where(it => it != ListingStatus.Held),
            it => Assert.True(ListingLifecycle.CanMove(ListingStatus.Held, it)));

    [Fact]
    public void Lets_the_chain_show_a_fill_whatever_stood_here()
    {
        foreach (ListingStatus from in Enum.GetValues<ListingStatus>().Where(it => it != ListingStatus.Filled))
        {
            Listing filled = SampleListings.In(from).Fill(null).OrThrow();

            Assert.Equal((ListingStatus.Filled, ListingReason.SoldOutside), (filled.Status, filled.Reason));
            Assert.True(ListingLifecycle.CanCorrect(from, ListingStatus.Filled));
        }

        Assert.Equal(FailureCode.Conflict, SampleListings.In(ListingStatus.Filled).Fill(null).Failure?.Code);
    }

    [Fact]
    public void Takes_back_a_fill_to_where_it_stood()
    {
        foreach (ListingStatus from in Enum.GetValues<ListingStatus>().Where(it => it != ListingStatus.Filled))
        {
            Listing before = SampleListings.In(from);

            Listing filled = before.Fill(null).OrThrow();
            Listing back = filled.Undo(ListingStanding.Of(before), ListingStanding.Of(filled));

            Assert.Equal(before, back);
            Assert.True(ListingLifecycle.CanCorrect(ListingStatus.Filled, from));
        }
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Gives_every_status_but_the_selling_ones_a_reason(ListingStatus status) =>
        Assert.Equal(
            status is ListingStatus.Active or ListingStatus.Held, SampleListings.In(status).Reason is null);

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Moves_only_as_the_table_says_or_refuses(ListingStatus from)
    {
        Listing it = SampleListings.In(from);
        Decision<Listing>[] moves =
        [
            it.Hold(SampleListings.OtherPurchase, SampleListings.Buyer, SampleListings.Now.AddMinutes(5)),
            it.Release(SampleListings.Purchase),
            it.Cancel(SampleListings.Now),
            it.Confirm(),
            it.CancelOnChain(ListingReason.CancelledOnChain),
            it.CompleteCancel(SampleListings.Now.AddHours(1)),
            it.Expire(SampleListings.Now.AddDays(20)),
            it.Deactivate(ListingReason.TokenMoved),
            it.Deactivate(ListingReason.ApprovalRevoked),
            it.Reactivate(),
            it.NeedReconfirm(),
        ];

        foreach (Listing to in moves.Where(move => move.Failure is null).Select(move => move.OrThrow()))
            Assert.True(from == to.Status || ListingLifecycle.CanMove(from, to.Status), $"{from} to {to.Status}");
    }
}
