using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>What a call asks; POST and PUT are the same to Vault.</summary>
internal enum VaultOperation
{
    Read,
    List,
    Write,
    Patch,
    Delete,
}

/// <summary>One call; its path is relative to whoever handles it.</summary>
internal sealed record VaultCall(VaultOperation Operation, string Path, JsonObject Body, IQueryCollection Query)
{
    /// <summary>The same call seen from a mount; false when it is not below it.</summary>
    public bool TryBelow(string mount, [NotNullWhen(true)] out VaultCall? call)
    {
        call = Path.StartsWith(mount + "/", StringComparison.Ordinal)
            ? this with { Path = Path[(mount.Length + 1)..] }
            : null;
        return call is not null;
    }

    /// <summary>A member of the body as text; null when it is absent or no text.</summary>
    public string? Text(string name) =>
        Body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>A member of the body as a number, also when written as text, which Vault takes too.</summary>
    public int? Number(string name) => Body[name] switch
    {
        JsonValue value when value.TryGetValue(out int number) => number,
        JsonValue value when value.TryGetValue(out string? text)
            && int.TryParse(text, CultureInfo.InvariantCulture, out int number) => number,
        _ => null,
    };
}

/// <summary>One answer.</summary>
internal sealed record VaultReply(int Status, JsonObject? Body);

/// <summary>A refusal in Vault's own words.</summary>
internal sealed class VaultRefusalException(int status, params string[] errors) : Exception
{
    public int Status { get; } = status;

    public string[] Errors { get; } = errors;

    public static VaultRefusalException PermissionDenied() => new(403, "1 error occurred:\n\t* permission denied\n\n");

    public static VaultRefusalException InvalidToken() =>
        new(403, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n");

    public static VaultRefusalException UnsupportedOperation() =>
        new(405, "1 error occurred:\n\t* unsupported operation\n\n");

    public static VaultRefusalException UnsupportedPath() => new(404, "1 error occurred:\n\t* unsupported path\n\n");

    public static VaultRefusalException NotFound() => new(404);

    public static VaultRefusalException Invalid(string error) => new(400, error);
}

/// <summary>Vault's envelope and error shape.</summary>
internal static class VaultWire
{
    public static async Task<VaultCall> ReadAsync(HttpContext context, string path, CancellationToken cancellationToken)
    {
        VaultOperation operation = context.Request.Method switch
        {
            "GET" when context.Request.Query["list"] == "true" => VaultOperation.List,
            "GET" or "HEAD" => VaultOperation.Read,
            "LIST" => VaultOperation.List,
            "POST" or "PUT" => VaultOperation.Write,
            "PATCH" => VaultOperation.Patch,
            "DELETE" => VaultOperation.Delete,
            _ => throw VaultRefusalException.UnsupportedOperation(),
        };
        using StreamReader reader = new(context.Request.Body);
        string text = await reader.ReadToEndAsync(cancellationToken);
        try
        {
            JsonObject body = text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? throw new JsonException();
            return new VaultCall(operation, path, body, context.Request.Query);
        }
        catch (JsonException)
        {
            throw VaultRefusalException.Invalid("error parsing JSON");
        }
    }

    public static async Task WriteAsync(HttpContext context, VaultReply reply)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.Headers.CacheControl = "no-store";
        if (reply.Body is null || context.Request.Method == "HEAD")
            return;

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(reply.Body.ToJsonString(), context.RequestAborted);
    }

    public static VaultReply NoContent() => new(204, null);

    public static VaultReply Data(JsonObject data, int status = 200) => new(status, Envelope(data, auth: null));

    public static VaultReply Authenticated(JsonObject auth) => new(200, Envelope(data: null, auth));

    public static VaultReply Error(int status, params string[] errors) =>
        new(status, new JsonObject { ["errors"] = Array(errors) });

    public static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    /// <summary>A time as Go prints it.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    public static string TextOf(int status) => status switch
    {
        403 => "1 error occurred:\n\t* permission denied\n\n",
        412 => "required index state not present",
        429 => "request path \"stand-in\": rate limit quota exceeded",
        472 => "Vault is a DR secondary",
        473 => "Vault is a performance standby",
        502 => "upstream rate limited",
        503 => "Vault is sealed",
        _ => "1 error occurred:\n\t* internal error\n\n",
    };

    private static JsonObject Envelope(JsonObject? data, JsonObject? auth) => new()
    {
        ["request_id"] = Guid.NewGuid().ToString(),
        ["lease_id"] = string.Empty,
        ["renewable"] = false,
        ["lease_duration"] = 0,
        ["data"] = data,
        ["wrap_info"] = null,
        ["warnings"] = null,
        ["auth"] = auth,
    };
}
