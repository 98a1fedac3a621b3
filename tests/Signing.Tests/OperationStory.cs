using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>Rules and requests for operations of every kind, in a word each.</summary>
public static class OperationStory
{
    /// <summary>A rule that lets operators call any arguments of a function.</summary>
    public static JsonObject CallRule(Address contract, string function, int arguments)
    {
        JsonObject rule = SigningStory.PayRule(contract, "0", 1000);
        rule["function"] = function;
        rule["arguments"] = new JsonArray(
            [.. Enumerable.Range(0, arguments).Select(_ => new JsonObject { ["kind"] = "any" })]);
        return rule;
    }

    /// <summary>A request of this kind on the first chain, with these members.</summary>
    public static JsonObject Ask(string kind, params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        JsonObject request = new() { ["chainId"] = 1, ["description"] = $"A {kind} of the tests." };
        foreach ((string name, JsonNode? value) in members)
            request[name] = value;

        // Last, where a reader that takes members as they come would meet it too late.
        request["kind"] = kind;
        return request;
    }

    /// <summary>POSTs a request for a transaction as the operator.</summary>
    public static Task<ApiAnswer> AskAsync(this SigningWorld world, JsonObject request, string? key = null) =>
        world.PostAsync(world.Operator, "/v1/transactions", (JsonObject)request.DeepClone(), key);

    /// <summary>POSTs a request that must be accepted, and has it sent and mined.</summary>
    public static async Task<string> CarryOutAsync(this SigningWorld world, JsonObject request)
    {
        ApiAnswer accepted = await world.AskAsync(request);
        Assert.True(accepted.Status == 202, accepted.Json.ToString());
        Assert.Equal(204, await world.DeliverQueuedAsync(accepted.Json));
        Assert.Equal("final", await world.FinishAsync(accepted.Text("id")));
        return accepted.Text("id");
    }
}
