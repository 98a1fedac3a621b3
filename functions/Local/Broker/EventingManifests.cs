using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Souk.Local.Broker;

/// <summary>The cluster's eventing files, as far as events are routed by them; unknown fields are refused.</summary>
/// <param name="Broker">The one Broker.</param>
/// <param name="Triggers">Who gets which event.</param>
/// <param name="PingSources">Which event is fired when.</param>
public sealed record EventingManifests(
    BrokerManifest Broker, IReadOnlyList<TriggerManifest> Triggers, IReadOnlyList<PingSourceManifest> PingSources)
{
    /// <summary>The files that were copied beside this program when it was built.</summary>
    public static string DefaultFolder => Path.Combine(AppContext.BaseDirectory, "knative", "base", "eventing");

    /// <summary>Reads <c>broker.yaml</c>, <c>triggers/</c> and <c>ping-sources/</c>.</summary>
    /// <exception cref="InvalidDataException">A file is missing, or holds what it should not.</exception>
    public static EventingManifests Load(string folder) => new(
        Read<BrokerManifest>(Path.Combine(folder, "broker.yaml")),
        [.. ReadAll<TriggerManifest>(Path.Combine(folder, "triggers"))],
        [.. ReadAll<PingSourceManifest>(Path.Combine(folder, "ping-sources"))]);

    private static IEnumerable<T> ReadAll<T>(string folder) =>
        Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal).Select(Read<T>);

    private static T Read<T>(string path)
    {
        // Unmatched properties throw unless told otherwise; duplicate keys are to throw too.
        IDeserializer yaml = new DeserializerBuilder()
            .WithNamingConvention(CamelCaseNamingConvention.Instance).WithDuplicateKeyChecking().Build();
        try
        {
            return yaml.Deserialize<T>(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is YamlDotNet.Core.YamlException or IOException)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }
}

/// <summary>What every resource has.</summary>
public sealed class ManifestMetadata
{
    public string Name { get; set; } = "";

    public string Namespace { get; set; } = "";

    public Dictionary<string, string> Labels { get; set; } = [];

    public Dictionary<string, string> Annotations { get; set; } = [];
}

/// <summary>A resource that another one names.</summary>
public sealed class ResourceReference
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";

    public string Namespace { get; set; } = "";
}

/// <summary>Where events go: a resource, and a path on it.</summary>
public sealed class Destination
{
    public ResourceReference Ref { get; set; } = new();

    public string Uri { get; set; } = "";
}

/// <summary>A Broker (eventing.knative.dev/v1).</summary>
public sealed class BrokerManifest
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public ManifestMetadata Metadata { get; set; } = new();

    public BrokerSpec Spec { get; set; } = new();
}

/// <summary>A Broker's specification.</summary>
public sealed class BrokerSpec
{
    public DeliverySpec Delivery { get; set; } = new();
}

/// <summary>How often and how long a delivery is tried (Knative's DeliverySpec).</summary>
public sealed class DeliverySpec
{
    /// <summary>Attempts after the first.</summary>
    public int Retry { get; set; }

    /// <summary><c>linear</c> or <c>exponential</c>.</summary>
    public string BackoffPolicy { get; set; } = "exponential";

    /// <summary>The first wait, as an ISO 8601 duration.</summary>
    public string BackoffDelay { get; set; } = "PT0.2S";

    /// <summary>How long one attempt may take, as an ISO 8601 duration.</summary>
    public string Timeout { get; set; } = "PT60S";

    public Destination? DeadLetterSink { get; set; }
}

/// <summary>A Trigger (eventing.knative.dev/v1).</summary>
public sealed class TriggerManifest
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public ManifestMetadata Metadata { get; set; } = new();

    public TriggerSpec Spec { get; set; } = new();
}

/// <summary>A Trigger's specification.</summary>
public sealed class TriggerSpec
{
    public string Broker { get; set; } = "";

    public List<TriggerFilter> Filters { get; set; } = [];

    public Destination Subscriber { get; set; } = new();
}

/// <summary>One of a Trigger's filters, all of which must hold; Souk uses exact ones only.</summary>
public sealed class TriggerFilter
{
    /// <summary>Attribute names with the value that each must have.</summary>
    public Dictionary<string, string> Exact { get; set; } = [];
}

/// <summary>A PingSource (sources.knative.dev/v1).</summary>
public sealed class PingSourceManifest
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public ManifestMetadata Metadata { get; set; } = new();

    public PingSourceSpec Spec { get; set; } = new();
}

/// <summary>A PingSource's specification.</summary>
public sealed class PingSourceSpec
{
    /// <summary>Five cron fields.</summary>
    public string Schedule { get; set; } = "";

    public string Timezone { get; set; } = "";

    public string ContentType { get; set; } = "";

    public string Data { get; set; } = "";

    public EventOverrides CeOverrides { get; set; } = new();

    public Destination Sink { get; set; } = new();
}

/// <summary>What a source adds to its events.</summary>
public sealed class EventOverrides
{
    public Dictionary<string, string> Extensions { get; set; } = [];
}
