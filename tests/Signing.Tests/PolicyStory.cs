using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>What operators do with policies again and again, in a word each.</summary>
public static class PolicyStory
{
    /// <summary>Has whatever was proposed approved by the colleague.</summary>
    public static async Task<string> ApproveAsync(this SigningWorld world, ApiAnswer proposed)
    {
        Assert.Equal(201, proposed.Status);
        string id = proposed.Text("id");
        ApiAnswer approved = await world.PostAsync(
            world.Colleague, $"/v1/policies/{id}/approve",
            new JsonObject { ["version"] = proposed.Json.GetProperty("version").GetInt32() });
        Assert.Equal((200, "in_force"), (approved.Status, approved.Text("status")));
        return id;
    }

    /// <summary>Proposes a recipient list.</summary>
    public static Task<ApiAnswer> ProposeListAsync(this SigningWorld world, string name, params Address[] addresses) =>
        world.PostAsync(world.Operator, "/v1/recipient-lists", List(name, addresses));

    /// <summary>The request for a recipient list.</summary>
    public static JsonObject List(string name, params Address[] addresses) => new()
    {
        ["name"] = name,
        ["addresses"] = new JsonArray([.. addresses.Select(it => JsonValue.Create(it.ToString()))]),
    };

    /// <summary>A name that no list has.</summary>
    public static string NewListName() => $"list-{Guid.NewGuid():N}";

    /// <summary>A cap.</summary>
    public static JsonObject Cap(long count, string wei = "1000000000000000000") =>
        new() { ["countMax"] = count, ["valueMax"] = wei };

    /// <summary>What the policy would say of this transaction.</summary>
    public static Task<ApiAnswer> EvaluateAsync(this SigningWorld world, JsonObject transaction)
    {
        var call = (JsonObject)transaction.DeepClone();
        call.Remove("description");
        return world.PostAsync(world.Operator, "/v1/policies/evaluate", call);
    }

    /// <summary>Lets a payment be asked for, and answers what came of it.</summary>
    public static Task<ApiAnswer> AskToPayAsync(this SigningWorld world, Address to, string wei = "1") =>
        world.PostAsync(world.Operator, "/v1/transactions", SigningStory.Pay(to, wei));

    /// <summary>Lets time pass for what a rule and its wallet have used, but for nothing else.</summary>
    public static Task AgeUsageAsync(this SigningWorld world, string rule, TimeSpan by) => world.SqlAsync($"""
        UPDATE policy_shares SET accepted_at = accepted_at - interval '{by.TotalMinutes} minutes',
            allocated_at = allocated_at - interval '{by.TotalMinutes} minutes' WHERE rule_id = '{rule}';
        UPDATE policy_usage SET starts_at = starts_at - interval '{by.TotalMinutes} minutes' WHERE scope_id = '{rule}';
        UPDATE policy_holds SET held_until = held_until - interval '{by.TotalMinutes} minutes' WHERE rule_id = '{rule}'
        """);

    /// <summary>How many a rule has counted, in a phase, in the rows of the day.</summary>
    public static Task<long> CountedAsync(this SigningWorld world, string rule, string phase) =>
        world.ReadAsync<long>($"""
        SELECT coalesce(sum(count), 0)::bigint FROM policy_usage
        WHERE scope_id = '{rule}' AND phase = '{phase}' AND period = 'day'
        """);

    /// <summary>How many acts of this name stand in the audit log about a policy.</summary>
    public static Task<long> AuditedAsync(this SigningWorld world, string policy, string action) =>
        world.ReadAsync<long>(
            $"SELECT count(*) FROM audit WHERE subject = 'policy/{policy}' AND action = '{action}'");

    /// <summary>The platform's wallet, as the room calls it.</summary>
    public static async Task<string> SignerAsync(this SigningWorld world)
    {
        await world.EvaluateAsync(SigningStory.Pay(world.NewAddress(), "1"));
        ApiAnswer listed = await world.GetAsync(world.Operator, "/v1/signers");
        return listed.Json.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    /// <summary>The statuses of a policy's versions, the newest first.</summary>
    public static async Task<string[]> VersionsAsync(this SigningWorld world, string policy)
    {
        ApiAnswer shown = await world.GetAsync(world.Operator, $"/v1/policies/{policy}");
        return
        [
            .. shown.Json.GetProperty("versions").EnumerateArray()
                .Select(it => it.GetProperty("status").GetString()!),
        ];
    }

    /// <summary>The candidates of an evaluation.</summary>
    public static IEnumerable<JsonElement> Candidates(this ApiAnswer evaluated) =>
        evaluated.Json.GetProperty("candidates").EnumerateArray();
}
