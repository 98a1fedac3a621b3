using System.Globalization;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local.Demo;

/// <summary>So many units of a token.</summary>
/// <param name="Contract">Its collection.</param>
/// <param name="Token">The token.</param>
/// <param name="Quantity">How many; 1 for ERC-721.</param>
public sealed record UnitLot(Address Contract, TokenId Token, int Quantity)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Quantity} of {Token}";
}

/// <summary>What sellers and buyers do in the story, one method an act.</summary>
public sealed class Market(LocalPlatform platform, WorldChain chain)
{
    /// <summary>Prepares a listing of a token of the demo collection.</summary>
    public Task<ApiAnswer> PrepareAsync(
        Person seller, TokenId token, Wei price, TimeSpan duration, CancellationToken cancellationToken) =>
        PrepareAsync(seller, new UnitLot(chain.Contracts.Collection, token, 1), price, duration, cancellationToken);

    /// <summary>Prepares a listing of units of a token.</summary>
    public Task<ApiAnswer> PrepareAsync(
        Person seller, UnitLot lot, Wei price, TimeSpan duration, CancellationToken cancellationToken)
    {
        JsonObject body = new()
        {
            ["chainId"] = (long)chain.Plan.Id.Value,
            ["contract"] = lot.Contract.ToString(),
            ["tokenId"] = lot.Token.ToString(),
            ["quantity"] = lot.Quantity.ToString(CultureInfo.InvariantCulture),
            ["priceWei"] = price.ToString(),
            ["seller"] = seller.Wallet.ToString(),
            ["endsAt"] = (DateTimeOffset.UtcNow + duration).ToString("O", CultureInfo.InvariantCulture),
        };
        return seller.PostAsync("marketplace", "/v1/listings/prepare", body, cancellationToken);
    }

    /// <summary>Submits an order with a signature.</summary>
    public static Task<ApiAnswer> SubmitAsync(
        Person seller, JsonNode order, string signature, CancellationToken cancellationToken) =>
        seller.PostAsync(
            "marketplace",
            "/v1/listings",
            new JsonObject { ["order"] = order.DeepClone(), ["signature"] = signature },
            cancellationToken);

    /// <summary>Prepares, signs and submits.</summary>
    /// <returns>The listing.</returns>
    public async Task<JsonNode> ListAsync(
        Person seller, TokenId token, Wei price, TimeSpan duration, CancellationToken cancellationToken)
    {
        ApiAnswer prepared = (await PrepareAsync(seller, token, price, duration, cancellationToken)).Required();
        string signature = seller.SignTypedData(prepared.Member("typedData"));
        ApiAnswer listed = await SubmitAsync(seller, prepared.Member("order"), signature, cancellationToken);
        return listed.Required().Body!;
    }

    /// <summary>Opens a purchase.</summary>
    public static Task<ApiAnswer> HoldAsync(Person buyer, string listing, CancellationToken cancellationToken) =>
        buyer.PostAsync(
            "marketplace",
            $"/v1/listings/{listing}/purchases",
            new JsonObject { ["buyer"] = buyer.Wallet.ToString() },
            cancellationToken);

    /// <summary>Lets Seaport move all the seller's tokens of the demo collection.</summary>
    public async Task ApproveAsync(Person seller, CancellationToken cancellationToken)
    {
        byte[] data = TokenCalls.SetApprovalForAll(chain.Contracts.Seaport, isApproved: true);
        TransactionHash hash = await seller.SendAsync(
            chain, chain.Contracts.Collection, data, Wei.Zero, cancellationToken);
        (bool passed, _) = await Person.WaitAsync(chain, hash, cancellationToken);
        DemoFailedException.Unless(passed, "The approval passes.");
    }

    /// <summary>Waits until a listing stands as expected.</summary>
    public Task<ApiAnswer> WaitForListingAsync(
        Person reader, string listing, string status, string[] jobs, CancellationToken cancellationToken) =>
        Patience.UntilAsync(
            platform,
            $"The listing is {status}",
            jobs,
            () => reader.GetAsync("marketplace", $"/v1/listings/{listing}", cancellationToken),
            answer => answer.Status == 200 && answer.Text("status") == status,
            cancellationToken);
}
