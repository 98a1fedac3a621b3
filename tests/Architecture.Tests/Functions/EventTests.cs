using Souk.Architecture.Tests.Knative;
using Souk.Architecture.Tests.Tree;
using Souk.Domain.Events;
using Souk.Local.Broker;

namespace Souk.Architecture.Tests.Functions;

/// <summary>
/// An event's consumers are said three times: in Domain, in the Triggers, and where the handler is mapped.
/// </summary>
public sealed class EventTests
{
    private const string Advice =
        "Say it in all three: EventType.Consumers, a Trigger in knative/base/eventing, MapEvents.";

    [Fact]
    public void The_triggers_deliver_each_event_to_its_consumers()
    {
        IEnumerable<(string, string)> said =
            EventType.All.SelectMany(type => type.Consumers.Select(consumer => (type.Name, consumer)));
        IEnumerable<(string, string)> triggered = Triggers().Where(trigger => trigger.Job is null)
            .Select(trigger => (trigger.Type, trigger.Consumer));

        AssertSame(said, triggered);
    }

    [Fact]
    public void A_consumer_has_a_handler_for_what_it_is_sent_and_for_nothing_else()
    {
        Dictionary<string, string> names = typeof(EventType).GetProperties()
            .Where(property => property.PropertyType == typeof(EventType))
            .ToDictionary(property => property.Name, property => ((EventType)property.GetValue(null)!).Name);
        IEnumerable<(string, string)> handled = HandledEvents.All.Where(handled => handled.EventType is not null)
            .Select(handled => (names[handled.EventType!], handled.Function));
        IEnumerable<(string, string)> said =
            EventType.All.SelectMany(type => type.Consumers.Select(consumer => (type.Name, consumer)));

        AssertSame(said, handled);
    }

    [Fact]
    public void A_schedule_reaches_the_function_that_handles_it()
    {
        IEnumerable<(string, string)> triggered = Triggers().Where(trigger => trigger.Job is not null)
            .Select(trigger => (trigger.Job!, trigger.Consumer));
        IEnumerable<(string, string)> handled = HandledEvents.All.Where(handled => handled.Job is not null)
            .Select(handled => (handled.Job!, handled.Function));

        AssertSame(triggered, handled);
    }

    [Fact]
    public void An_events_name_says_what_happened_and_its_version()
    {
        Assert.All(EventType.All, type => Assert.Matches(@"^souk\.[a-z]+\.[a-z]+\.v[1-9][0-9]*$", type.Name));
        Assert.Equal(
            typeof(EventType).GetProperties().Count(property => property.PropertyType == typeof(EventType)),
            EventType.All.Count);
    }

    private static IEnumerable<(string Type, string? Job, string Consumer)> Triggers() =>
        Manifests.Of<TriggerManifest>("base/eventing/triggers/").Select(found =>
        {
            Dictionary<string, string> exact = found.Resource.Spec.Filters.Single().Exact;
            return (exact["type"], exact.GetValueOrDefault("job"), found.Resource.Spec.Subscriber.Ref.Name);
        });

    private static void AssertSame(IEnumerable<(string, string)> left, IEnumerable<(string, string)> right) =>
        Rule.Holds(
            left.Except(right).Concat(right.Except(left)).Select(pair => $"{pair.Item1} -> {pair.Item2}"), Advice);
}
