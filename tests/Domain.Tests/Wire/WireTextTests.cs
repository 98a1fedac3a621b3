using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Signing;
using Souk.Domain.Wire;

namespace Souk.Domain.Tests.Wire;

public sealed class WireTextTests
{
    [Fact]
    public void Writes_members_in_snake_case() =>
        Assert.Equal(
            "active held inactive needs_reconfirm cancel_pending filled cancelled expired",
            string.Join(' ', Enum.GetValues<ListingStatus>().Select(WireText.Of)));

    [Fact]
    public void Reads_back_every_member()
    {
        Assert.All(
            Enum.GetValues<PurchaseReason>(),
            it => Assert.Equal(it, WireText.Parse<PurchaseReason>(WireText.Of(it))));
        Assert.All(
            Enum.GetValues<TransactionStatus>(),
            it => Assert.Equal(it, WireText.Parse<TransactionStatus>(WireText.Of(it))));
    }

    [Theory]
    [InlineData("Active")]
    [InlineData("0")]
    [InlineData("")]
    [InlineData(null)]
    public void Refuses_any_other_text(string? text) =>
        Assert.False(WireText.TryParse(text, out ListingStatus _));

    [Theory]
    [InlineData("00000000-0000-0000-0000-0000000000a1", true)]
    [InlineData("{00000000-0000-0000-0000-0000000000a1}", false)]
    [InlineData("000000000000000000000000000000a1", false)]
    [InlineData("a1", false)]
    public void Reads_an_id_in_one_form_only(string text, bool isId)
    {
        Assert.Equal(isId, ListingId.TryParse(text, null, out ListingId id));
        Assert.Equal(isId, id.ToString() == text);
    }
}
