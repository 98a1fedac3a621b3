using k8s;
using k8s.Models;
using Souk.Local.Broker;

namespace Souk.Architecture.Tests.Knative;

/// <summary>A manifest file and the one resource in it.</summary>
/// <param name="Path">Its path below knative/, with forward slashes.</param>
/// <param name="Resource">What it holds, of the type that its kind has here.</param>
internal sealed record Manifest(string Path, object Resource);

/// <summary>Every file of knative/, loaded strictly: an unknown field, a doubled key or a wrong shape throws.</summary>
internal static class Manifests
{
    private static readonly Dictionary<string, Type> Kinds = new()
    {
        ["serving.knative.dev/v1/Service"] = typeof(KnativeService),
        ["eventing.knative.dev/v1/Broker"] = typeof(BrokerManifest),
        ["eventing.knative.dev/v1/Trigger"] = typeof(TriggerManifest),
        ["sources.knative.dev/v1/PingSource"] = typeof(PingSourceManifest),
        ["kustomize.config.k8s.io/v1beta1/Kustomization"] = typeof(Kustomization),
        ["kustomize.config.k8s.io/v1alpha1/Component"] = typeof(Kustomization),
        ["v1/Namespace"] = typeof(V1Namespace),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["batch/v1/Job"] = typeof(V1Job),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
    };

    private static readonly Lazy<IReadOnlyList<Manifest>> Loaded = new(
        () => [.. Files().Select(path => new Manifest(path, Load(File.ReadAllText(Path.Combine(Folder!, path)))))]);

    /// <summary>The repository's knative/ folder.</summary>
    public static string Folder { get; } = Find("knative");

    /// <summary>The repository's functions/ folder.</summary>
    public static string Functions { get; } = Find("functions");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Manifest> All => Loaded.Value;

    /// <summary>Those of one kind, by path.</summary>
    public static IEnumerable<(string Path, T Resource)> Of<T>(string under) => All
        .Where(manifest => manifest.Resource is T && manifest.Path.StartsWith(under, StringComparison.Ordinal))
        .Select(manifest => (manifest.Path, (T)manifest.Resource));

    /// <summary>The files that hold a resource; kustomize's own configuration is none.</summary>
    public static IEnumerable<string> Files() => Directory
        .EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
        .Where(path => Path.GetFileName(path) != "name-references.yaml")
        .Order(StringComparer.Ordinal);

    /// <summary>Loads the one resource of a file's text.</summary>
    public static object Load(string yaml) => KubernetesYaml.LoadAllFromString(yaml, Kinds, strict: true).Single();

    private static string Find(string folder)
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Functions.sln"))) at = at.Parent;
        return Path.Combine(at?.FullName ?? throw new InvalidOperationException("No repository around."), folder);
    }
}
