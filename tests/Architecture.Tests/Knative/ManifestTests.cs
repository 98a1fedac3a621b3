using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Souk.Architecture.Tests.Knative;

public sealed class ManifestTests
{
    private static readonly string[] TextMaps = ["annotations", "labels", "matchLabels", "exact", "extensions"];

    public static TheoryData<string> Files => [.. Manifests.Files()];

    [Theory]
    [MemberData(nameof(Files))]
    public void Loads_with_no_field_that_its_kind_does_not_have(string path)
    {
        Assert.NotNull(Manifests.Load(File.ReadAllText(Path.Combine(Manifests.Folder, path))));
    }

    [Theory]
    [InlineData("timeoutSeconds: 60", "timeoutSecond: 60")]
    [InlineData("imagePullPolicy: IfNotPresent", "imagePulPolicy: IfNotPresent")]
    [InlineData("serviceAccountName: auth", "hostNetwork: true")]
    [InlineData("containerConcurrency: 32", "containerConcurrency: many")]
    [InlineData("containerConcurrency: 32", "timeoutSeconds: 60")]
    public void A_mistake_in_a_service_does_not_load(string right, string wrong)
    {
        string yaml = File.ReadAllText(Path.Combine(Manifests.Folder, "base/auth/service.yaml"));
        Assert.Contains(right, yaml, StringComparison.Ordinal);

        Assert.ThrowsAny<YamlException>(() => Manifests.Load(yaml.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Quotes_every_label_annotation_and_variable_that_looks_like_something_else(string path)
    {
        YamlStream stream = [];
        using StreamReader reader = File.OpenText(Path.Combine(Manifests.Folder, path));
        stream.Load(reader);

        string[] unquoted = [.. stream.Documents.SelectMany(document => document.AllNodes)
            .OfType<YamlMappingNode>().SelectMany(TextValues)
            .Where(value => value.Style == ScalarStyle.Plain && LooksLikeANumberOrSwitch(value.Value!))
            .Select(value => $"{path}:{value.Start.Line}: quote {value.Value}, for Kubernetes wants text here.")];

        Assert.Empty(unquoted);
    }

    private static IEnumerable<YamlScalarNode> TextValues(YamlMappingNode node)
    {
        foreach ((YamlNode key, YamlNode value) in node.Children)
        {
            string name = ((YamlScalarNode)key).Value!;
            if (TextMaps.Contains(name) && value is YamlMappingNode map)
            {
                foreach (YamlNode text in map.Children.Values) yield return (YamlScalarNode)text;
            }
            else if (name == "value" && value is YamlScalarNode variable)
            {
                yield return variable;
            }
        }
    }

    private static bool LooksLikeANumberOrSwitch(string text) =>
        double.TryParse(text, out _) || text is "true" or "false" or "null" or "yes" or "no" or "on" or "off" or "";
}
