using Souk.Architecture.Tests.Knative;
using Souk.Architecture.Tests.Tree;
using Souk.Local.Broker;
using Souk.Platform.Hosting;

namespace Souk.Architecture.Tests.Functions;

public sealed class DeadlineTests
{
    private static readonly FunctionOptions Options = new();

    [Fact]
    public void A_request_ends_before_the_cluster_cuts_it_off()
    {
        Rule.Holds(
            Manifests.Of<KnativeService>("")
                .Where(found => found.Resource.Spec.Template.Spec.TimeoutSeconds is { } seconds
                    && TimeSpan.FromSeconds(seconds) <= Options.RequestTimeout + Options.StopTimeout)
                .Select(found => $"knative/{found.Path}: {found.Resource.Spec.Template.Spec.TimeoutSeconds} s"),
            $"timeoutSeconds must exceed RequestTimeout and StopTimeout of FunctionOptions together "
                + $"({Options.RequestTimeout.TotalSeconds} s + {Options.StopTimeout.TotalSeconds} s).");
    }

    [Fact]
    public void The_broker_waits_longer_than_a_handler_may_take()
    {
        BrokerManifest broker = Manifests.Of<BrokerManifest>("base/eventing/").Single().Resource;
        TimeSpan waits = System.Xml.XmlConvert.ToTimeSpan(broker.Spec.Delivery.Timeout);

        Assert.True(
            waits > Options.RequestTimeout,
            $"The broker gives up after {waits}, a handler after {Options.RequestTimeout}: raise delivery.timeout.");
    }
}
