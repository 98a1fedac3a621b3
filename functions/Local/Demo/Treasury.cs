using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local.Demo;

/// <summary>The two administrators: they register the collection, agree on a policy, and mint.</summary>
public sealed class Treasury(LocalPlatform platform, WorldChain chain, ApiClient api)
{
    private readonly Person _first = new(WorldSettings.Administrators[0], api, platform.World);
    private readonly Person _second = new(WorldSettings.Administrators[1], api, platform.World);

    /// <summary>Signs both in and registers the collection.</summary>
    public async Task<string> OpenAsync(CancellationToken cancellationToken)
    {
        await _first.SignInAsync("admin", cancellationToken);
        await _second.SignInAsync("admin", cancellationToken);
        JsonObject collection = new()
        {
            ["chainId"] = (long)chain.Plan.Id.Value,
            ["contract"] = chain.Contracts.Collection.ToString(),
            ["name"] = "Demo",
        };
        (await _first.PostAsync("marketplace", "/v1/admin/collections", collection, cancellationToken)).Required();
        return "An administrator registered the demo collection";
    }

    /// <summary>Mints tokens to a wallet through Signing, once a policy of two people allows it.</summary>
    public async Task<string> MintAsync(Address recipient, TokenId[] tokens, CancellationToken cancellationToken)
    {
        ApiAnswer denied = await RequestAsync(recipient, tokens[0], cancellationToken);
        DemoFailedException.UnlessEqual("policy_denied", denied.Code, "A mint that no policy names");
        await AllowAsync(recipient, cancellationToken);

        string[] ids = new string[tokens.Length];
        for (int i = 0; i < tokens.Length; i++)
            ids[i] = (await RequestAsync(recipient, tokens[i], cancellationToken)).Required().Text("id");
        foreach (string id in ids)
            await WaitForFinalAsync(id, cancellationToken);

        Books books = new(platform.World, chain);
        foreach (TokenId token in tokens)
        {
            DemoFailedException.UnlessEqual(
                recipient, await books.OwnerAsync(token, cancellationToken), $"The owner of token {token}");
        }

        return $"Without a policy: policy_denied. Two administrators agreed on one; {tokens.Length} mints are final";
    }

    private async Task AllowAsync(Address recipient, CancellationToken cancellationToken)
    {
        JsonObject rule = new()
        {
            ["ruleId"] = null,
            ["isEnabled"] = true,
            ["title"] = "Mint to the seller",
            ["chainId"] = (long)chain.Plan.Id.Value,
            ["contracts"] = new JsonArray(chain.Contracts.Collection.ToString()),
            ["function"] = "mint(address,uint256)",
            ["arguments"] = new JsonArray(
                new JsonObject { ["kind"] = "one_of", ["addresses"] = new JsonArray(recipient.ToString()) },
                new JsonObject { ["kind"] = "any" }),
            ["nativeValueMax"] = "0",
            ["roles"] = new JsonArray("admin", "operator"),
            ["window"] = null,
            ["hourly"] = new JsonObject { ["countMax"] = 10, ["valueMax"] = "0" },
            ["daily"] = new JsonObject { ["countMax"] = 10, ["valueMax"] = "0" },
        };
        ApiAnswer proposed = (await _first.PostAsync("signing", "/v1/policies", rule, cancellationToken)).Required();
        string path = $"/v1/policies/{proposed.Text("id")}/approve";
        JsonObject approval = new() { ["version"] = proposed.Member("version").GetValue<int>() };
        ApiAnswer alone = await _first.PostAsync("signing", path, approval, cancellationToken);
        DemoFailedException.UnlessEqual("second_person_required", alone.Code, "The proposer's own approval");
        (await _second.PostAsync("signing", path, (JsonObject)approval.DeepClone(), cancellationToken)).Required();
    }

    private Task<ApiAnswer> RequestAsync(Address recipient, TokenId token, CancellationToken cancellationToken)
    {
        JsonObject body = new()
        {
            ["chainId"] = (long)chain.Plan.Id.Value,
            ["to"] = chain.Contracts.Collection.ToString(),
            ["data"] = Hex.Encode(TokenCalls.Mint(recipient, token)),
            ["valueWei"] = "0",
            ["description"] = $"Mint token {token}",
        };
        return _first.PostAsync("signing", "/v1/transactions", body, cancellationToken);
    }

    private Task<ApiAnswer> WaitForFinalAsync(string id, CancellationToken cancellationToken) => Patience.UntilAsync(
        platform,
        $"Transaction {id} is final",
        ["relay", "confirm"],
        () => _first.GetAsync("signing", $"/v1/transactions/{id}", cancellationToken),
        answer => answer.Status == 200 && answer.Member("transaction")["status"]!.GetValue<string>() == "final",
        cancellationToken);
}
