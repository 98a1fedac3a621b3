using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Souk.Platform.CloudEvents;

namespace Souk.Webhooks.Tests;

public sealed class AnnouncerTests(Deliveries hooks) : IClassFixture<Deliveries>
{
    private const string Hinted = "souk.chain.hinted.v1";

    private Announcer Announcer => hooks.App.Services.GetRequiredService<Announcer>();

    [Fact]
    public async Task Of_hints_that_pile_up_the_newest_of_each_chain_is_sent()
    {
        for (int block = 0; block < 1000; block++)
            Announcer.Send([Event(Hinted, $"chain/{block % 2}", $"hint {block}")]);
        await Announcer.Sending;

        string[] sent = [.. Sent("hint ")];
        Assert.InRange(sent.Length, 2, 100);
        Assert.Contains("hint 998", sent);
        Assert.Contains("hint 999", sent);
    }

    [Fact]
    public async Task No_event_of_another_kind_gives_way_to_a_newer_one()
    {
        Announcer.Send([.. Enumerable.Range(0, 50).Select(i => Event("souk.partner.a", "partner/acme", $"event {i}"))]);
        await Announcer.Sending;

        Assert.Equal(50, Sent("event ").Distinct().Count());
    }

    [Fact]
    public async Task More_than_it_can_send_soon_is_left_to_the_relay()
    {
        Announcer.Send(
            [.. Enumerable.Range(0, 100).Select(i => Event("souk.partner.a", "partner/acme", $"many {i}"))]);
        await Announcer.Sending;

        Assert.InRange(Sent("many ").Count(), 1, 64);
    }

    private static OutgoingEvent Event(string type, string subject, string text) => new(
        Guid.NewGuid(), "/webhooks", type, subject, 1, $"\"{text}\"", null, DateTimeOffset.UnixEpoch,
        IsDoneWhenSent: false);

    private IEnumerable<string> Sent(string prefix) => hooks.App.Broker.Taken
        .Select(taken => Encoding.UTF8.GetString(taken.Data.Span).Trim('"'))
        .Where(text => text.StartsWith(prefix, StringComparison.Ordinal));
}
