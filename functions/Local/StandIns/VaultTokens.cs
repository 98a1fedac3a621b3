using System.Globalization;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>One token.</summary>
internal sealed record VaultToken(
    string Id,
    string Accessor,
    string Path,
    IReadOnlyList<string> Policies,
    TimeSpan Ttl,
    DateTimeOffset IssuedAt,
    DateTimeOffset MaxEndsAt,
    DateTimeOffset EndsAt,
    IReadOnlyDictionary<string, string> Metadata)
{
    public bool IsRenewable => EndsAt != DateTimeOffset.MaxValue;

    public override string ToString() => $"VaultToken({Accessor}, redacted)";
}

/// <summary>The token store: leases, renewal up to the maximal life, revocation.</summary>
internal sealed class VaultTokens(TimeProvider clock)
{
    private static readonly Dictionary<string, string> NoMetadata = [];
    private readonly Dictionary<string, VaultToken> _byId = new(StringComparer.Ordinal);

    public VaultToken Issue(
        string path,
        IReadOnlyList<string> policies,
        TimeSpan ttl,
        TimeSpan maxTtl,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset maxEndsAt = maxTtl > TimeSpan.Zero ? now + maxTtl : DateTimeOffset.MaxValue;
        DateTimeOffset endsAt = ttl > TimeSpan.Zero ? Earlier(now + ttl, maxEndsAt) : DateTimeOffset.MaxValue;
        string id = "hvs." + Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N");
        VaultToken token = new(
            id, Guid.NewGuid().ToString("N"), path, policies, ttl, now, maxEndsAt, endsAt, metadata ?? NoMetadata);
        _byId[id] = token;
        return token;
    }

    /// <summary>The token, unless it is unknown, revoked or past its lease.</summary>
    public VaultToken? Find(string? id)
    {
        if (id is null || !_byId.TryGetValue(id, out VaultToken? token))
            return null;

        if (clock.GetUtcNow() < token.EndsAt)
            return token;

        _byId.Remove(id);
        return null;
    }

    public void RevokeAllBut(string id)
    {
        foreach (string other in _byId.Keys.Where(key => key != id).ToArray())
            _byId.Remove(other);
    }

    public JsonObject Auth(VaultToken token) => new()
    {
        ["client_token"] = token.Id,
        ["accessor"] = token.Accessor,
        ["policies"] = VaultWire.Array(token.Policies),
        ["token_policies"] = VaultWire.Array(token.Policies),
        ["metadata"] = Metadata(token),
        ["lease_duration"] = SecondsLeft(token),
        ["renewable"] = token.IsRenewable,
        ["entity_id"] = string.Empty,
        ["token_type"] = "service",
        ["orphan"] = true,
        ["num_uses"] = 0,
    };

    public VaultReply Handle(VaultCall call, VaultToken token)
    {
        switch (call.Path, call.Operation)
        {
            case ("lookup-self", VaultOperation.Read):
                return VaultWire.Data(Describe(token));
            case ("renew-self", VaultOperation.Write):
                return VaultWire.Authenticated(Auth(Renew(token, call.Body["increment"])));
            case ("revoke-self", VaultOperation.Write):
                _byId.Remove(token.Id);
                return VaultWire.NoContent();
            case ("lookup-self" or "renew-self" or "revoke-self", _):
                throw VaultRefusalException.UnsupportedOperation();
            default:
                throw VaultRefusalException.UnsupportedPath();
        }
    }

    private VaultToken Renew(VaultToken token, JsonNode? increment)
    {
        if (!token.IsRenewable)
            throw VaultRefusalException.Invalid("lease is not renewable");

        // The increment is a wish that counts from now; the maximal life is the law.
        TimeSpan wished = ParseDuration(increment) ?? token.Ttl;
        VaultToken renewed = token with { EndsAt = Earlier(clock.GetUtcNow() + wished, token.MaxEndsAt) };
        _byId[token.Id] = renewed;
        return renewed;
    }

    private JsonObject Describe(VaultToken token) => new()
    {
        ["id"] = token.Id,
        ["accessor"] = token.Accessor,
        ["path"] = token.Path,
        ["policies"] = VaultWire.Array(token.Policies),
        ["meta"] = Metadata(token),
        ["creation_time"] = token.IssuedAt.ToUnixTimeSeconds(),
        ["creation_ttl"] = (long)token.Ttl.TotalSeconds,
        ["ttl"] = SecondsLeft(token),
        ["expire_time"] = token.IsRenewable ? VaultWire.Time(token.EndsAt) : null,
        ["explicit_max_ttl"] = 0,
        ["renewable"] = token.IsRenewable,
        ["num_uses"] = 0,
        ["orphan"] = true,
        ["type"] = "service",
    };

    private long SecondsLeft(VaultToken token) =>
        token.IsRenewable ? (long)Math.Ceiling((token.EndsAt - clock.GetUtcNow()).TotalSeconds) : 0;

    private static JsonObject Metadata(VaultToken token)
    {
        JsonObject metadata = [];
        foreach ((string name, string value) in token.Metadata)
            metadata[name] = value;
        return metadata;
    }

    /// <summary>Seconds as a number or text, or Go's <c>1h</c>, <c>30m</c>, <c>15s</c>.</summary>
    private static TimeSpan? ParseDuration(JsonNode? node)
    {
        string? text = node?.ToString();
        if (string.IsNullOrEmpty(text) || text == "0")
            return null;

        string digits = text.TrimEnd('h', 'm', 's');
        if (!long.TryParse(digits, CultureInfo.InvariantCulture, out long count) || text.Length - digits.Length > 1)
            throw VaultRefusalException.Invalid("error converting input for field \"increment\"");

        return text[^1] switch
        {
            'h' => TimeSpan.FromHours(count),
            'm' => TimeSpan.FromMinutes(count),
            _ => TimeSpan.FromSeconds(count),
        };
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
