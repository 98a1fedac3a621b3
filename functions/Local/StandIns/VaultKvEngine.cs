using System.Globalization;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>KV version 2 at <c>secret/</c>: versions, check-and-set, deletion, destruction, lists.</summary>
internal sealed class VaultKvEngine(TimeProvider clock)
{
    private const int VersionsMax = 10;
    private readonly SortedDictionary<string, List<Version>> _byPath = new(StringComparer.Ordinal);

    public bool Exists(VaultCall call) =>
        !call.TryBelow("data", out VaultCall? data) || _byPath.ContainsKey(data.Path);

    public void Put(string path, IReadOnlyDictionary<string, string> values)
    {
        JsonObject data = [];
        foreach ((string name, string value) in values)
            data[name] = value;
        Add(path, data);
    }

    public void Delete(string path) =>
        Mark(path, [Newest(path).Number], version => version.DeletedAt = clock.GetUtcNow());

    public VaultReply Handle(VaultCall call)
    {
        if (call.TryBelow("data", out VaultCall? data))
            return HandleData(data);

        if (call.TryBelow("metadata", out VaultCall? metadata))
            return HandleMetadata(metadata);

        foreach (string verb in (string[])["delete", "undelete", "destroy"])
        {
            if (call.TryBelow(verb, out VaultCall? marked))
                return HandleMark(verb, marked);
        }

        throw VaultRefusalException.UnsupportedPath();
    }

    private VaultReply HandleData(VaultCall call)
    {
        switch (call.Operation)
        {
            case VaultOperation.Read:
                return Read(call);
            case VaultOperation.Write:
                return Write(call);
            case VaultOperation.Patch:
                return Patch(call);
            case VaultOperation.Delete:
                if (_byPath.ContainsKey(call.Path))
                    Delete(call.Path);
                return VaultWire.NoContent();
            default:
                throw VaultRefusalException.UnsupportedOperation();
        }
    }

    private VaultReply Read(VaultCall call)
    {
        if (!_byPath.TryGetValue(call.Path, out List<Version>? versions))
            throw VaultRefusalException.NotFound();

        string? asked = call.Query["version"];
        int number = int.TryParse(asked, CultureInfo.InvariantCulture, out int wished) && wished > 0
            ? wished
            : versions[^1].Number;
        Version version = versions.Find(one => one.Number == number) ?? throw VaultRefusalException.NotFound();
        bool isGone = version.IsDestroyed || version.DeletedAt is not null;
        JsonObject data = new()
        {
            ["data"] = isGone ? null : version.Data.DeepClone(),
            ["metadata"] = Describe(version),
        };

        // A version that is gone answers 404 like an absent one, but with its metadata.
        return VaultWire.Data(data, isGone ? 404 : 200);
    }

    private VaultReply Write(VaultCall call)
    {
        if (call.Body["data"] is not JsonObject data)
            throw VaultRefusalException.Invalid("no data provided");

        RequireCas(call);
        return VaultWire.Data(Describe(Add(call.Path, (JsonObject)data.DeepClone())));
    }

    private VaultReply Patch(VaultCall call)
    {
        if (call.Body["data"] is not JsonObject changes)
            throw VaultRefusalException.Invalid("no data provided");

        if (!_byPath.ContainsKey(call.Path) || Newest(call.Path) is { IsDestroyed: true } or { DeletedAt: not null })
            throw VaultRefusalException.NotFound();

        RequireCas(call);
        JsonObject merged = (JsonObject)Newest(call.Path).Data.DeepClone();
        foreach ((string name, JsonNode? value) in changes)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = value.DeepClone();
        }

        return VaultWire.Data(Describe(Add(call.Path, merged)));
    }

    private void RequireCas(VaultCall call)
    {
        if (call.Body["options"] is not JsonObject options || options["cas"] is null)
            return;

        int current = _byPath.TryGetValue(call.Path, out List<Version>? versions) ? versions[^1].Number : 0;
        if (!int.TryParse(options["cas"]!.ToString(), CultureInfo.InvariantCulture, out int cas))
            throw VaultRefusalException.Invalid("error parsing check-and-set parameter");

        if (cas != current)
            throw VaultRefusalException.Invalid("check-and-set parameter did not match the current version");
    }

    private VaultReply HandleMetadata(VaultCall call)
    {
        if (call.Operation == VaultOperation.List)
            return List(call.Path);

        if (!_byPath.TryGetValue(call.Path, out List<Version>? versions))
            throw VaultRefusalException.NotFound();

        if (call.Operation == VaultOperation.Delete)
        {
            _byPath.Remove(call.Path);
            return VaultWire.NoContent();
        }

        if (call.Operation != VaultOperation.Read)
            throw VaultRefusalException.UnsupportedOperation();

        JsonObject all = [];
        foreach (Version version in versions)
            all[version.Number.ToString(CultureInfo.InvariantCulture)] = Describe(version);
        return VaultWire.Data(new JsonObject
        {
            ["versions"] = all,
            ["current_version"] = versions[^1].Number,
            ["oldest_version"] = versions[0].Number,
            ["max_versions"] = 0,
            ["cas_required"] = false,
            ["delete_version_after"] = "0s",
            ["custom_metadata"] = null,
        });
    }

    private VaultReply List(string folder)
    {
        string prefix = folder.Length == 0 ? string.Empty : folder.TrimEnd('/') + "/";
        string[] names =
        [
            .. _byPath.Keys
                .Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
                .Select(path => path[prefix.Length..])
                .Select(rest => rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and int slash
                    ? rest[..(slash + 1)]
                    : rest)
                .Distinct(),
        ];

        // An empty list is a 404 without an error text.
        return names.Length == 0
            ? throw VaultRefusalException.NotFound()
            : VaultWire.Data(new JsonObject { ["keys"] = VaultWire.Array(names) });
    }

    private VaultReply HandleMark(string verb, VaultCall call)
    {
        if (call.Operation != VaultOperation.Write)
            throw VaultRefusalException.UnsupportedOperation();

        if (call.Body["versions"] is not JsonArray { Count: > 0 } wanted)
            throw VaultRefusalException.Invalid("No version number provided");

        if (_byPath.ContainsKey(call.Path))
        {
            int[] numbers = [.. wanted.Select(one => int.Parse(one!.ToString(), CultureInfo.InvariantCulture))];
            Mark(call.Path, numbers, version =>
            {
                version.DeletedAt = verb switch
                {
                    "delete" => clock.GetUtcNow(),
                    "undelete" => null,
                    _ => version.DeletedAt,
                };
                version.IsDestroyed |= verb == "destroy";
            });
        }

        return VaultWire.NoContent();
    }

    private void Mark(string path, int[] numbers, Action<Version> mark)
    {
        foreach (Version version in _byPath[path].Where(version => numbers.Contains(version.Number)))
            mark(version);
    }

    private Version Newest(string path) => _byPath[path][^1];

    private Version Add(string path, JsonObject data)
    {
        if (!_byPath.TryGetValue(path, out List<Version>? versions))
            _byPath[path] = versions = [];

        Version version = new(versions.Count == 0 ? 1 : versions[^1].Number + 1, data, clock.GetUtcNow());
        versions.Add(version);
        if (versions.Count > VersionsMax)
            versions.RemoveAt(0);
        return version;
    }

    private static JsonObject Describe(Version version) => new()
    {
        ["version"] = version.Number,
        ["created_time"] = VaultWire.Time(version.CreatedAt),
        ["deletion_time"] = version.DeletedAt is { } deletedAt ? VaultWire.Time(deletedAt) : string.Empty,
        ["destroyed"] = version.IsDestroyed,
        ["custom_metadata"] = null,
    };

    private sealed class Version(int number, JsonObject data, DateTimeOffset createdAt)
    {
        public int Number { get; } = number;

        public JsonObject Data { get; } = data;

        public DateTimeOffset CreatedAt { get; } = createdAt;

        public DateTimeOffset? DeletedAt { get; set; }

        public bool IsDestroyed { get; set; }
    }
}
