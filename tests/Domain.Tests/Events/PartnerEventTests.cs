using Souk.Domain.Events;
using Souk.Domain.Failures;

namespace Souk.Domain.Tests.Events;

public sealed class PartnerEventTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("com.acme.order-placed.v1", true)]
    [InlineData("user_created", true)]
    [InlineData("0.1", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData(".a", false)]
    [InlineData("a.", false)]
    [InlineData("a..b", false)]
    [InlineData("A", false)]
    [InlineData("é", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\n", false)]
    public void A_type_is_lower_case_words_parted_by_dots(string type, bool isOne)
    {
        Decision<EventType> decision = EventType.Partner(type);

        Assert.Equal(isOne, PartnerEvent.IsType(type));
        Assert.Equal(isOne ? null : FailureCode.InvalidRequest, decision.Failure?.Code);
        if (isOne)
            Assert.Equal($"souk.partner.{type}", decision.OrThrow().Name);
    }

    [Theory]
    [InlineData(150, true)]
    [InlineData(151, false)]
    public void A_type_fits_the_outbox_with_its_prefix(int length, bool isOne) =>
        Assert.Equal(isOne, PartnerEvent.IsType(new string('a', length)));

    [Fact]
    public void Nobody_here_consumes_a_partners_event() => Assert.Empty(EventType.Partner("a").OrThrow().Consumers);
}
