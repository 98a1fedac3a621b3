using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>Alchemy's interface to manage webhooks, under <c>/api</c>.</summary>
/// <remarks>
/// Source: the Notify OpenAPI description in alchemyplatform/docs, alchemy-sdk-js, and the pages "Webhooks API
/// endpoints" of alchemy.com/docs (read 2026-11) for its limits; none is told for a change of NFT filters, which gets
/// that of addresses.
/// </remarks>
internal sealed class AlchemyManagement(
    IReadOnlyDictionary<string, AlchemyNetwork> networks, AlchemyWebhooks webhooks, Func<string> token)
{
    private const int WebhooksMax = 100;
    private const int ChangesMax = 500;
    private const int PageSizeMax = 100;
    private const int PageSize = 40;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/team-webhooks", context => AnswerAsync(context, List));
        routes.MapPost("/api/create-webhook", context => AnswerAsync(context, CreateAsync));
        routes.MapPut("/api/update-webhook", context => AnswerAsync(context, SetActive));
        routes.MapDelete("/api/delete-webhook", context => AnswerAsync(context, Delete));
        routes.MapGet("/api/webhook-addresses", context => AnswerAsync(context, ListAddresses));
        routes.MapPatch("/api/update-webhook-addresses", context => AnswerAsync(context, ChangeAddresses));
        routes.MapPut("/api/update-webhook-addresses", context => AnswerAsync(context, ReplaceAddresses));
        routes.MapGet("/api/webhook-nft-filters", context => AnswerAsync(context, ListNftFilters));
        routes.MapPatch("/api/update-webhook-nft-filters", context => AnswerAsync(context, ChangeNftFilters));
    }

    internal static async Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    internal static Task WriteErrorAsync(HttpContext context, int status) =>
        WriteAsync(context, status, Problem($"HTTP {status}"));

    private static JsonObject Problem(string message) => new() { ["message"] = message };

    private static JsonObject Data(JsonNode data) => new() { ["data"] = data };

    private Task AnswerAsync(HttpContext context, Func<HttpContext, JsonObject, JsonObject> handle) =>
        AnswerAsync(context, (it, body) => Task.FromResult(handle(it, body)));

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, JsonObject, Task<JsonObject>> handle)
    {
        if (context.Request.Headers["X-Alchemy-Token"] != token())
        {
            await WriteAsync(context, StatusCodes.Status401Unauthorized, Problem("Unauthenticated request"));
            return;
        }

        try
        {
            JsonNode? body = context.Request.ContentLength > 0
                ? await JsonNode.ParseAsync(context.Request.Body, null, default, context.RequestAborted)
                : new JsonObject();
            JsonObject answer = await handle(context, body!.AsObject());
            int status = answer.Remove("status", out JsonNode? refused) ? refused!.GetValue<int>() : 200;
            await WriteAsync(context, status, answer);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException
            or NullReferenceException or UriFormatException or ArgumentException)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, Problem("Invalid request"));
        }
    }

    private JsonObject List(HttpContext context, JsonObject body)
    {
        JsonArray all = [];
        foreach (AlchemyWebhook webhook in webhooks.All) webhooks.Change(() => all.Add((JsonNode)webhook.ToJson()));
        return Data(all);
    }

    private async Task<JsonObject> CreateAsync(HttpContext context, JsonObject body)
    {
        if (webhooks.All.Count(webhook => webhook.IsActive) >= WebhooksMax)
            return Refused(StatusCodes.Status403Forbidden, "Active webhook limit reached");

        AlchemyNetwork network = networks.Values.First(one => Plain(one.NotifyName) == Plain(body.Text("network")));
        JsonNode? query = body["graphql_query"];
        AlchemyWebhookRequest request = new(network, body.Text("webhook_type"), new Uri(body.Text("webhook_url")))
        {
            Addresses = Texts(body["addresses"]),
            NftFilters = Filters(body["nft_filters"]),
            Query = query is JsonObject ? query.Text("query") : query?.GetValue<string>(),
            SkipsEmpty = query is JsonObject && query["skip_empty_messages"]?.GetValue<bool>() == true,
        };
        bool isComplete = request.Type switch
        {
            AlchemyWebhookType.AddressActivity => request.Addresses.Count > 0,
            AlchemyWebhookType.NftActivity or AlchemyWebhookType.NftMetadataUpdate => true,
            AlchemyWebhookType.Custom => request.Query is not null,
            _ => false,
        };
        return isComplete
            ? Data((await webhooks.CreateAsync(request, context.RequestAborted)).ToJson())
            : Refused(StatusCodes.Status400BadRequest, "Invalid webhook");

        // The documentation prints MATICMAINNET where the vendor's own client sends MATIC_MAINNET.
        static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal);
    }

    private JsonObject SetActive(HttpContext context, JsonObject body) => WithWebhook(body, webhook =>
    {
        webhook.IsActive = body["is_active"]!.GetValue<bool>();
        webhook.FailuresInRow = 0;
        return Data(webhook.ToJson());
    });

    private JsonObject Delete(HttpContext context, JsonObject body) =>
        webhooks.Delete(context.Request.Query["webhook_id"]) ? [] : NotFound();

    private JsonObject ListAddresses(HttpContext context, JsonObject body) => WithWebhook(context, webhook =>
        Page(context, [.. webhook.Addresses], one => one, one => one));

    private JsonObject ChangeAddresses(HttpContext context, JsonObject body) => WithWebhook(body, webhook =>
    {
        IReadOnlyList<string> added = Texts(body["addresses_to_add"]);
        IReadOnlyList<string> removed = Texts(body["addresses_to_remove"]);
        if (Math.Max(added.Count, removed.Count) > ChangesMax) return TooMany();
        foreach (string address in added) webhook.Addresses.Add(address.ToLowerInvariant());
        foreach (string address in removed) webhook.Addresses.Remove(address.ToLowerInvariant());
        return [];
    });

    private JsonObject ReplaceAddresses(HttpContext context, JsonObject body) => WithWebhook(body, webhook =>
    {
        IReadOnlyList<string> addresses = Texts(body["addresses"]);
        if (addresses.Count > ChangesMax) return TooMany();
        webhook.Addresses.Clear();
        foreach (string address in addresses) webhook.Addresses.Add(address.ToLowerInvariant());
        return [];
    });

    private JsonObject ListNftFilters(HttpContext context, JsonObject body) => WithWebhook(context, webhook =>
        Page(
            context,
            [.. webhook.NftFilters],
            filter => $"{filter.Contract}/{filter.TokenId}",
            filter => new JsonObject { ["contract_address"] = filter.Contract, ["token_id"] = filter.TokenId }));

    private JsonObject ChangeNftFilters(HttpContext context, JsonObject body) => WithWebhook(body, webhook =>
    {
        IReadOnlyList<(string Contract, string? TokenId)> added = Filters(body["nft_filters_to_add"]);
        IReadOnlyList<(string Contract, string? TokenId)> removed = Filters(body["nft_filters_to_remove"]);
        if (Math.Max(added.Count, removed.Count) > ChangesMax) return TooMany();
        // What is in both lists is not changed.
        foreach ((string contract, string? tokenId) in added.Except(removed))
            webhook.NftFilters.Add((contract.ToLowerInvariant(), tokenId));
        foreach ((string contract, string? tokenId) in removed.Except(added))
            webhook.NftFilters.Remove((contract.ToLowerInvariant(), tokenId));
        return [];
    });

    /// <summary>The page after the item that the cursor names, and a cursor while there is more.</summary>
    private static JsonObject Page<T>(HttpContext context, T[] all, Func<T, string> key, Func<T, JsonNode> write)
    {
        string limit = context.Request.Query["limit"].ToString();
        int size = limit.Length > 0 ? int.Parse(limit, CultureInfo.InvariantCulture) : PageSize;
        if (size is < 1 or > PageSizeMax) return Refused(StatusCodes.Status400BadRequest, "Invalid limit");

        string after = context.Request.Query["after"].ToString();
        T[] rest =
        [
            .. all.Where(one => string.CompareOrdinal(key(one), after) > 0).OrderBy(key, StringComparer.Ordinal),
        ];
        JsonObject answer = Data(new JsonArray([.. rest.Take(size).Select(write)]));
        JsonObject cursors = rest.Length > size ? new JsonObject { ["after"] = key(rest[size - 1]) } : [];
        answer["pagination"] = new JsonObject { ["cursors"] = cursors, ["total_count"] = all.Length };
        return answer;
    }

    private JsonObject WithWebhook(JsonObject body, Func<AlchemyWebhook, JsonObject> change) =>
        WithWebhook(body["webhook_id"]?.GetValue<string>(), change);

    private JsonObject WithWebhook(HttpContext context, Func<AlchemyWebhook, JsonObject> read) =>
        WithWebhook(context.Request.Query["webhook_id"].ToString(), read);

    private JsonObject WithWebhook(string? id, Func<AlchemyWebhook, JsonObject> change)
    {
        if (webhooks.Find(id) is not { } webhook) return NotFound();
        JsonObject answer = [];
        webhooks.Change(() => answer = change(webhook));
        return answer;
    }

    private static JsonObject NotFound() => Refused(StatusCodes.Status404NotFound, "Webhook not found");

    private static JsonObject TooMany() =>
        Refused(StatusCodes.Status400BadRequest, "At most 500 may be added or removed at once");

    // "status" is ours and leaves the answer before it is written.
    private static JsonObject Refused(int status, string message)
    {
        JsonObject problem = Problem(message);
        problem["status"] = status;
        return problem;
    }

    private static IReadOnlyList<string> Texts(JsonNode? list) =>
        list is JsonArray array ? [.. array.Select(one => one!.GetValue<string>())] : [];

    private static IReadOnlyList<(string Contract, string? TokenId)> Filters(JsonNode? list) =>
        list is JsonArray array
            ? [.. array.Select(one => (one!.Text("contract_address"), one!["token_id"]?.GetValue<string>()))]
            : [];
}
