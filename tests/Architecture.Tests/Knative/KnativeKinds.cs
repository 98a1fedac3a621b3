using k8s.Models;

namespace Souk.Architecture.Tests.Knative;

/// <summary>A Knative Service (serving.knative.dev/v1) with only the fields that Knative takes without feature flags,
/// so that loading it strictly refuses the others too.</summary>
public sealed class KnativeService
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public KnativeServiceSpec Spec { get; set; } = new();
}

public sealed class KnativeServiceSpec
{
    public RevisionTemplate Template { get; set; } = new();

    public List<TrafficTarget> Traffic { get; set; } = [];
}

public sealed class RevisionTemplate
{
    public V1ObjectMeta Metadata { get; set; } = new();

    public RevisionSpec Spec { get; set; } = new();
}

public sealed class RevisionSpec
{
    public string? ServiceAccountName { get; set; }

    public bool? AutomountServiceAccountToken { get; set; }

    public bool? EnableServiceLinks { get; set; }

    public int? ContainerConcurrency { get; set; }

    public int? TimeoutSeconds { get; set; }

    public int? ResponseStartTimeoutSeconds { get; set; }

    public int? IdleTimeoutSeconds { get; set; }

    public List<V1Container> Containers { get; set; } = [];

    public List<V1Volume> Volumes { get; set; } = [];

    public List<V1LocalObjectReference> ImagePullSecrets { get; set; } = [];
}

public sealed class TrafficTarget
{
    public string? Tag { get; set; }

    public string? RevisionName { get; set; }

    public bool? LatestRevision { get; set; }

    public int? Percent { get; set; }
}

/// <summary>A Kustomization or Component, with the fields that ours use.</summary>
public sealed class Kustomization
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public List<string> Resources { get; set; } = [];

    public List<string> Components { get; set; } = [];

    public List<string> Configurations { get; set; } = [];

    public List<KustomizeImage> Images { get; set; } = [];

    public List<KustomizeConfigMap> ConfigMapGenerator { get; set; } = [];

    public List<KustomizePatch> Patches { get; set; } = [];
}

public sealed class KustomizeImage
{
    public string Name { get; set; } = "";

    public string NewName { get; set; } = "";

    public string Digest { get; set; } = "";
}

public sealed class KustomizeConfigMap
{
    public string Name { get; set; } = "";

    public string Namespace { get; set; } = "";

    public List<string> Files { get; set; } = [];
}

public sealed class KustomizePatch
{
    public string Path { get; set; } = "";
}
