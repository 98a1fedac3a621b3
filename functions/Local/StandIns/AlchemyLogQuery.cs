using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Souk.Local.StandIns;

/// <summary>The log filter of a custom webhook's GraphQL query; no other part of the query is read.</summary>
internal sealed partial class AlchemyLogQuery
{
    private readonly JsonArray _addresses;
    private readonly JsonArray _topics;

    private AlchemyLogQuery(JsonArray addresses, JsonArray topics)
    {
        _addresses = addresses;
        _topics = topics;
    }

    /// <summary>Reads <c>addresses: [...]</c> and <c>topics: [[...], ...]</c>; without them everything
    /// matches.</summary>
    internal static AlchemyLogQuery Read(string query) =>
        new(List(Addresses().Match(query)), List(Topics().Match(query)));

    /// <summary>As eth_getLogs: any of the addresses, and at each place any of the topics.</summary>
    internal bool Matches(JsonElement log)
    {
        if (_addresses.Count > 0 && !Contains(_addresses, log.GetProperty("address").GetString())) return false;
        JsonElement topics = log.GetProperty("topics");
        for (int place = 0; place < _topics.Count; place++)
        {
            JsonArray allowed = _topics[place] switch
            {
                JsonArray any => any,
                { } one => [one.DeepClone()],
                null => [],
            };
            if (allowed.Count == 0) continue;
            if (place >= topics.GetArrayLength() || !Contains(allowed, topics[place].GetString())) return false;
        }

        return true;
    }

    private static JsonArray List(Match match) =>
        match.Success ? JsonNode.Parse(match.Groups["list"].Value)!.AsArray() : [];

    private static bool Contains(JsonArray list, string? value) =>
        list.Any(one => string.Equals(one?.GetValue<string>(), value, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("""addresses\s*:\s*(?<list>\[[^\]]*\])""", RegexOptions.CultureInvariant)]
    private static partial Regex Addresses();

    [GeneratedRegex("""topics\s*:\s*(?<list>\[(?:[^\[\]]|\[[^\[\]]*\])*\])""", RegexOptions.CultureInvariant)]
    private static partial Regex Topics();
}
