using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;

namespace Souk.Local.StandIns;

/// <summary>What a person is asked in MetaKeep's window.</summary>
/// <param name="App">The app that asks.</param>
/// <param name="Email">The person.</param>
/// <param name="Contract">The contract their wallet would call.</param>
/// <param name="Function">The function's name.</param>
/// <param name="Arguments">Its arguments as JSON.</param>
/// <param name="Pay">The native coins sent along, as decimal text; null for none.</param>
/// <param name="Description">What they read.</param>
/// <param name="AskedAt">When.</param>
public sealed record MetaKeepConsent(
    MetaKeepApp App,
    string Email,
    Address Contract,
    string Function,
    string Arguments,
    string? Pay,
    string Description,
    DateTimeOffset AskedAt)
{
    internal Guid TransactionId { get; } = Guid.NewGuid();

    internal string? Status { get; set; }

    internal TransactionHash? Hash { get; set; }
}

/// <summary>Consents that were asked, and the transactions that came of them.</summary>
internal sealed class MetaKeepConsents(TimeProvider clock)
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, MetaKeepConsent> _asked = new();

    /// <summary>Asks a person: the call of a contract, by name, as them.</summary>
    internal string Ask(MetaKeepApp app, JsonElement body)
    {
        if (!body.TryGetProperty("as", out JsonElement person))
            throw new MetaKeepRefusal("INVALID_REQUEST");
        JsonElement function = body.GetProperty("function");
        string? pay = body.TryGetProperty("pay", out JsonElement coins) ? coins.GetString() : null;
        if (function.GetProperty("args").ValueKind != JsonValueKind.Array
            || (pay is not null && !decimal.TryParse(pay, System.Globalization.CultureInfo.InvariantCulture, out _)))
        {
            throw new MetaKeepRefusal("INVALID_REQUEST");
        }

        string token = $"consent_{Guid.NewGuid():N}";
        _asked[token] = new MetaKeepConsent(
            app,
            MetaKeepRequests.Email(person),
            Address.Parse(body.GetProperty("lambda").GetString()!),
            function.GetProperty("name").GetString()!,
            function.GetProperty("args").GetRawText(),
            pay,
            body.GetProperty("description").GetProperty("text").GetString()!,
            clock.GetUtcNow());
        return new JsonObject { ["status"] = "USER_CONSENT_NEEDED", ["consentToken"] = token }.ToJsonString();
    }

    /// <summary>Where a transaction stands; the form of the refusal of an unknown id is not documented.</summary>
    internal string Tell(MetaKeepApp app, JsonElement body)
    {
        string id = body.GetProperty("transactionId").GetString() ?? "";
        MetaKeepConsent told = _asked.Values.FirstOrDefault(
            it => it.App == app && it.Status is not null && it.TransactionId.ToString() == id)
            ?? throw new MetaKeepRefusal("TRANSACTION_NOT_FOUND");
        JsonObject answer = new() { ["status"] = told.Status };
        if (told.Hash is { } hash)
            answer["transactionHash"] = hash.ToString();
        return answer.ToJsonString();
    }

    internal MetaKeepConsent Find(string token) => _asked[token];

    internal MetaKeepConsent Answer(string token)
    {
        bool isOpen = _asked.TryGetValue(token, out MetaKeepConsent? asked) && asked.Status is null
            && clock.GetUtcNow() < asked.AskedAt + TokenLifetime;
        if (!isOpen)
            throw new InvalidOperationException("The consent token is unknown, was used, or lapsed.");
        asked!.Status = "QUEUED";
        return asked;
    }

    internal void Move(Guid transactionId, string status, TransactionHash? hash)
    {
        MetaKeepConsent moved = _asked.Values.Single(it => it.TransactionId == transactionId);
        (moved.Status, moved.Hash) = (status, hash ?? moved.Hash);
    }
}
