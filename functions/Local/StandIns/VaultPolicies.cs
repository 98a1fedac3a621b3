using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Souk.Local.StandIns;

/// <summary>Policies by path: exact paths and a trailing star, deny by default.</summary>
internal sealed partial class VaultPolicies
{
    private static readonly string[] Known =
        ["create", "read", "update", "patch", "delete", "list", "sudo", "deny", "recover", "subscribe"];

    private static readonly FrozenSet<string> All = Known.Where(name => name != "deny").ToFrozenSet();

    private readonly ConcurrentDictionary<string, IReadOnlyList<Rule>> _byName = new();

    public VaultPolicies() => Put(
        "default",
        """
        path "auth/token/lookup-self" { capabilities = ["read"] }
        path "auth/token/renew-self" { capabilities = ["update"] }
        path "auth/token/revoke-self" { capabilities = ["update"] }
        path "sys/capabilities-self" { capabilities = ["update"] }
        """);

    /// <summary>Replaces a policy; text that is not understood is refused rather than ignored.</summary>
    public void Put(string name, string rules)
    {
        string text = Comment().Replace(rules, string.Empty);
        List<Rule> parsed = [];
        foreach (Match match in Statement().Matches(text))
        {
            MatchCollection quoted = Quoted().Matches(match.Groups["list"].Value);
            string[] capabilities = [.. quoted.Select(one => one.Groups[1].Value)];
            if (capabilities.Except(Known).FirstOrDefault() is { } unknown)
                throw new ArgumentException($"Policy {name}: {unknown} is no capability.", nameof(rules));

            parsed.Add(new Rule(match.Groups["path"].Value, capabilities));
        }

        if (Statement().Replace(text, string.Empty).Trim().Length > 0)
            throw new ArgumentException($"Policy {name} holds something that is no path statement.", nameof(rules));

        _byName[name] = parsed;
    }

    /// <summary>What these policies together allow at a path: the most specific rule of each counts.</summary>
    public IReadOnlySet<string> CapabilitiesOf(IEnumerable<string> policies, string path)
    {
        string[] names = [.. policies];
        if (names.Contains("root"))
            return All;

        Rule[] matching =
        [
            .. names.SelectMany(name => _byName.GetValueOrDefault(name) ?? []).Where(rule => rule.Matches(path)),
        ];
        if (matching.Length == 0)
            return FrozenSet<string>.Empty;

        // Vault merges equal paths of all policies first and then takes the longest; an exact path is longest.
        int best = matching.Max(rule => rule.Specificity);
        HashSet<string> held =
        [
            .. matching.Where(rule => rule.Specificity == best).SelectMany(rule => rule.Capabilities),
        ];
        return held.Contains("deny") ? FrozenSet<string>.Empty : held;
    }

    [GeneratedRegex("""path\s+"(?<path>[^"]+)"\s*\{\s*capabilities\s*=\s*\[(?<list>[^\]]*)\]\s*\}""")]
    private static partial Regex Statement();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\s*(#|//).*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    private sealed record Rule(string Path, IReadOnlyList<string> Capabilities)
    {
        private bool IsPrefix => Path.EndsWith('*');

        public int Specificity => IsPrefix ? Path.Length - 1 : int.MaxValue;

        public bool Matches(string path) =>
            IsPrefix ? path.StartsWith(Path[..^1], StringComparison.Ordinal) : path == Path;
    }
}
