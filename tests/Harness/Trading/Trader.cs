using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Sessions;

namespace Souk.Harness.Trading;

/// <summary>Somebody who is signed in at a market, with a wallet of theirs; their token is always current.</summary>
/// <param name="market">Where.</param>
/// <param name="person">Who.</param>
/// <param name="wallet">Their wallet.</param>
/// <param name="audience">The door they came through.</param>
/// <param name="roles">What they may be.</param>
public sealed class Trader(
    Market market, TestPerson person, Wallet wallet, TokenAudience audience, IReadOnlyList<Role> roles)
{
    private static readonly TimeSpan TokenAgeMax = TimeSpan.FromMinutes(5);

    private DateTimeOffset _signedAt = market.Clock.GetUtcNow();
    private ApiClient _api = person.Api;

    /// <summary>Who they are.</summary>
    public Guid UserId => person.UserId;

    /// <summary>Their wallet.</summary>
    public Wallet Wallet => wallet;

    /// <summary>GETs.</summary>
    public async Task<ApiAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        await (await CallAsync(cancellationToken)).GetAsync(path, cancellationToken);

    /// <summary>POSTs a body under this idempotency key, or a new one.</summary>
    public async Task<ApiAnswer> PostAsync(
        string path, JsonNode body, CancellationToken cancellationToken, string? key = null) =>
        await (await CallAsync(cancellationToken)).PostAsync(
            path, body.ToJsonString(), key ?? Guid.NewGuid().ToString(), cancellationToken);

    /// <summary>DELETEs.</summary>
    public async Task<ApiAnswer> DeleteAsync(string path, CancellationToken cancellationToken) =>
        await (await CallAsync(cancellationToken)).SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, path), cancellationToken);

    /// <summary>Opens a purchase of a listing for their wallet.</summary>
    public Task<ApiAnswer> BuyAsync(Guid listing, CancellationToken cancellationToken, string? key = null) =>
        PostAsync(
            $"/v1/listings/{listing}/purchases",
            new JsonObject { ["buyer"] = wallet.Address.ToString() },
            cancellationToken,
            key);

    /// <summary>Sends the one step that an answer carries and waits until it is mined.</summary>
    public Task<MinedTransaction> SendStepAsync(JsonElement answer, CancellationToken cancellationToken) =>
        wallet.SendAsync(answer.GetProperty("steps")[0], cancellationToken);

    private async Task<ApiClient> CallAsync(CancellationToken cancellationToken)
    {
        await market.SynchronizeAsync(cancellationToken);
        DateTimeOffset now = market.Clock.GetUtcNow();
        if (now - _signedAt < TokenAgeMax) return _api;
        _api = market.App.As(await market.App.SignTokenAsync(
            market.App.Claims(person.UserId, person.SessionId, audience, roles, now), cancellationToken));
        _signedAt = now;
        return _api;
    }
}
