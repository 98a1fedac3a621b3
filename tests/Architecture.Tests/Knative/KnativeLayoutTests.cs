using System.Globalization;
using k8s.Models;
using Souk.Local.Broker;

namespace Souk.Architecture.Tests.Knative;

/// <summary>One word everywhere: what stands in knative/ fits what stands in functions/.</summary>
public sealed class KnativeLayoutTests
{
    private const string Ping = "dev.knative.sources.ping";
    private const string MaxScale = "autoscaling.knative.dev/max-scale";
    private const string Prefix = "autoscaling.knative.dev/";

    // Local is the machine itself; Migrate is a Job.
    private static readonly string[] NoServices = ["local", "migrate"];

    public static TheoryData<string> FunctionNames => [.. Functions()];

    public static TheoryData<string> Overlays => ["staging", "production"];

    [Theory]
    [MemberData(nameof(FunctionNames))]
    public void A_function_has_a_folder_whose_resources_all_bear_its_name(string function)
    {
        KnativeService service = Single<KnativeService>(function);
        V1ServiceAccount account = Single<V1ServiceAccount>(function);
        V1NetworkPolicy policy = Single<V1NetworkPolicy>(function);

        string at = service.Metadata.NamespaceProperty;
        Assert.Equal((function, at), (service.Metadata.Name, function == "webhooks" ? "webhooks" : "apis"));
        Assert.Equal((function, at), (account.Metadata.Name, account.Metadata.NamespaceProperty));
        Assert.Equal((function, at), (policy.Metadata.Name, policy.Metadata.NamespaceProperty));
        Assert.Equal(function, service.Spec.Template.Spec.ServiceAccountName);
        Assert.Equal(function, policy.Spec.PodSelector.MatchLabels["app.kubernetes.io/name"]);
        Assert.Equal(function, service.Spec.Template.Metadata.Labels["app.kubernetes.io/name"]);
        Assert.Equal($"souk/{function}", Assert.Single(service.Spec.Template.Spec.Containers).Image);
    }

    [Theory]
    [MemberData(nameof(FunctionNames))]
    public void A_service_leaves_no_default_to_silence(string function)
    {
        KnativeService service = Single<KnativeService>(function);
        RevisionSpec spec = service.Spec.Template.Spec;
        V1Container container = Assert.Single(spec.Containers);

        Assert.InRange(spec.ContainerConcurrency ?? 0, 1, 1000);
        Assert.InRange(spec.TimeoutSeconds ?? 0, 60, 600);
        Assert.False(spec.AutomountServiceAccountToken);
        Assert.Equal(("48Mi", "64Mi"),
            (container.Resources.Requests["memory"].ToString(), container.Resources.Limits["memory"].ToString()));
        Assert.Equal("/health/readiness", container.ReadinessProbe.HttpGet.Path);
        Assert.Equal("/health/liveness", container.LivenessProbe.HttpGet.Path);
        foreach (string annotation in (string[])["min-scale", "max-scale", "metric", "target", "class"])
            Assert.Contains(Prefix + annotation, service.Spec.Template.Metadata.Annotations.Keys);
        AssertClosed(container.SecurityContext);
        AssertVaultToken(spec.Volumes);
    }

    [Fact]
    public void The_migration_job_is_as_closed_as_a_service()
    {
        V1Job job = Single<V1Job>("migrate");
        V1PodSpec spec = job.Spec.Template.Spec;

        Assert.False(spec.AutomountServiceAccountToken);
        Assert.Equal("Never", spec.RestartPolicy);
        AssertClosed(Assert.Single(spec.Containers).SecurityContext);
        AssertVaultToken([.. spec.Volumes]);
    }

    [Fact]
    public void Every_namespace_is_closed_by_default()
    {
        string[] namespaces = [.. Manifests.Of<V1Namespace>("base/").Select(found => found.Resource.Metadata.Name)];
        V1NetworkPolicy[] policies =
            [.. Manifests.Of<V1NetworkPolicy>("components/default-deny/").Select(found => found.Resource)];

        Assert.Equal(["apis", "ui", "webhooks"], namespaces.Order());
        Assert.Equal(namespaces.Order(), policies.Select(policy => policy.Metadata.NamespaceProperty).Order());
        Assert.All(policies, policy => Assert.Equal(["Ingress", "Egress"], policy.Spec.PolicyTypes));
        Assert.All(policies, policy => Assert.Null(policy.Spec.Ingress ?? policy.Spec.Egress as object));
    }

    [Fact]
    public void Every_trigger_names_a_service_that_exists_and_the_one_broker()
    {
        Assert.All(Manifests.Of<TriggerManifest>("base/"), found =>
        {
            TriggerManifest trigger = found.Resource;
            KnativeService service = Single<KnativeService>(trigger.Spec.Subscriber.Ref.Name);
            Assert.Equal(service.Metadata.NamespaceProperty, trigger.Spec.Subscriber.Ref.Namespace);
            Assert.Equal("/events", trigger.Spec.Subscriber.Uri);
            Assert.Equal($"base/eventing/triggers/{trigger.Metadata.Name}.yaml", found.Path);
            Assert.EndsWith($"-{service.Metadata.Name}", trigger.Metadata.Name, StringComparison.Ordinal);
            Assert.Equal(("default", "apis"), (trigger.Spec.Broker, trigger.Metadata.Namespace));
            Assert.True(Assert.Single(trigger.Spec.Filters).Exact.ContainsKey("type"));
        });
    }

    [Fact]
    public void The_dead_letters_go_to_a_service_that_exists()
    {
        Destination sink = Single<BrokerManifest>("eventing").Spec.Delivery.DeadLetterSink!;

        Assert.Equal(sink.Ref.Namespace, Single<KnativeService>(sink.Ref.Name).Metadata.NamespaceProperty);
    }

    [Fact]
    public void Every_schedule_has_exactly_one_trigger_and_every_trigger_its_schedule()
    {
        string[] fired = [.. Manifests.Of<PingSourceManifest>("base/").Select(found =>
        {
            PingSourceManifest source = found.Resource;
            Assert.Equal($"base/eventing/ping-sources/{source.Metadata.Name}.yaml", found.Path);
            Assert.Equal(("Broker", "default", "UTC"),
                (source.Spec.Sink.Ref.Kind, source.Spec.Sink.Ref.Name, source.Spec.Timezone));
            Assert.Equal(5, Cronos.CronExpression.Parse(source.Spec.Schedule).ToString().Split(' ').Length);
            return Assert.Contains("job", source.Spec.CeOverrides.Extensions);
        }).Order()];
        string[] taken = [.. Manifests.Of<TriggerManifest>("base/")
            .Select(found => found.Resource.Spec.Filters[0].Exact)
            .Where(exact => exact["type"] == Ping).Select(exact => exact["job"]).Order()];

        Assert.Equal(fired, taken);
    }

    [Fact]
    public void Every_file_is_listed_by_the_kustomization_of_its_folder()
    {
        string[] listed = [.. Manifests.Of<Kustomization>("").SelectMany(Listed)];

        Assert.Empty(Manifests.Files().Where(path => Path.GetFileName(path) != "kustomization.yaml").Except(listed));
        Assert.All(listed, path => Assert.True(
            Path.Exists(Path.Combine(Manifests.Folder, path)), $"knative/{path} is listed, but does not exist."));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void An_overlay_pins_the_digest_of_every_image(string overlay)
    {
        Kustomization kustomization = Overlay(overlay);

        Assert.Equal(
            Functions().Append("migrate").Order().Select(function => $"souk/{function}"),
            kustomization.Images.Select(image => image.Name).Order());
        Assert.All(kustomization.Images, image => Assert.Matches("^sha256:[0-9a-f]{64}$", image.Digest));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void All_pools_at_full_scale_stay_under_four_fifths_of_the_plan(string overlay)
    {
        int plan = Number(Overlay(overlay).Metadata.Annotations["souk/database-connections"]);
        Dictionary<string, int> scales = Manifests.Of<KnativeService>($"overlays/{overlay}/scale/").ToDictionary(
            patch => patch.Resource.Metadata.Name,
            patch => Number(patch.Resource.Spec.Template.Metadata.Annotations[MaxScale]));

        int connections = Pool(Single<V1Job>("migrate").Spec.Template.Spec.Containers[0]) + Functions().Sum(function =>
        {
            RevisionTemplate template = Single<KnativeService>(function).Spec.Template;
            int scale = scales.GetValueOrDefault(function, Number(template.Metadata.Annotations[MaxScale]));
            return scale * Pool(template.Spec.Containers[0]);
        });

        Assert.True(connections * 10 < plan * 8, $"{connections} of {plan}: lower a max-scale, a pool, or buy more.");
    }

    private static IEnumerable<string> Functions() => Directory.EnumerateDirectories(Manifests.Functions)
        .Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any())
        .Select(folder => Path.GetFileName(folder).ToLowerInvariant())
        .Except(NoServices).Order(StringComparer.Ordinal);

    private static T Single<T>(string folder)
    {
        T[] found = [.. Manifests.Of<T>($"base/{folder}/").Select(manifest => manifest.Resource)];
        Assert.True(found.Length == 1, $"knative/base/{folder} needs one {typeof(T).Name}; it has {found.Length}.");
        return found[0];
    }

    private static Kustomization Overlay(string name) =>
        Manifests.Of<Kustomization>($"overlays/{name}/").Single().Resource;

    private static IEnumerable<string> Listed((string Path, Kustomization Resource) found)
    {
        string folder = Path.GetDirectoryName(found.Path)!;
        Kustomization kustomization = found.Resource;
        return kustomization.Resources.Concat(kustomization.Components)
            .Concat(kustomization.Configurations).Concat(kustomization.Patches.Select(patch => patch.Path))
            .Concat(kustomization.ConfigMapGenerator.SelectMany(map => map.Files))
            .Select(path => Path.GetRelativePath(
                Manifests.Folder, Path.GetFullPath(Path.Combine(Manifests.Folder, folder, path))).Replace('\\', '/'));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int Pool(V1Container container) =>
        Number(container.Env.Single(variable => variable.Name == "Postgres__PoolSizeMax").Value);

    private static void AssertClosed(V1SecurityContext security)
    {
        Assert.True(security.RunAsNonRoot);
        Assert.True(security.RunAsUser > 0 && security.RunAsGroup > 0);
        Assert.False(security.Privileged);
        Assert.False(security.AllowPrivilegeEscalation);
        Assert.True(security.ReadOnlyRootFilesystem);
        Assert.Equal(["ALL"], security.Capabilities.Drop);
        Assert.Equal("RuntimeDefault", security.SeccompProfile.Type);
    }

    private static void AssertVaultToken(List<V1Volume> volumes)
    {
        V1ServiceAccountTokenProjection token = volumes.SelectMany(volume => volume.Projected?.Sources ?? [])
            .Single(source => source.ServiceAccountToken is not null).ServiceAccountToken;
        Assert.Equal(("vault", "token"), (token.Audience, token.Path));
        Assert.Equal("settings", volumes.Single(volume => volume.ConfigMap is not null).ConfigMap.Name);
    }
}
