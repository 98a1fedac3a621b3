using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Demo;
using Souk.Local.Supervision;

namespace Souk.Simulation;

/// <summary>What people do, some of it foolish: each deed may be refused, but only by a refusal.</summary>
public sealed class Deeds(LocalPlatform platform, Traders traders, Random random)
{
    private static readonly AbiFunction TransferFrom = AbiFunction.Parse("transferFrom(address,address,uint256)");
    private readonly Market _market = new(platform, traders.Chain);

    /// <summary>Does one at random.</summary>
    /// <returns>What happened.</returns>
    public Task<string> DoAsync(CancellationToken cancellationToken) => random.Next(10) switch
    {
        < 4 => ListAsync(cancellationToken),
        < 7 => BuyAsync(cancellationToken),
        7 => CancelAsync(cancellationToken),
        8 => CancelOnChainAsync(cancellationToken),
        _ => GiveAwayAsync(cancellationToken),
    };

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        TokenId token = traders.Tokens[random.Next(traders.Tokens.Count)];
        Person seller = await OwnerOfAsync(token, cancellationToken);
        Wei price = Wei.Parse($"{random.NextInt64(1_000, long.MaxValue)}");
        ApiAnswer prepared = await _market.PrepareAsync(seller, token, price, TimeSpan.FromHours(1), cancellationToken);
        if (Refused(prepared))
            return $"list {token}: {prepared.Code}";
        string signature = seller.SignTypedData(prepared.Member("typedData"));
        ApiAnswer listed = await Market.SubmitAsync(seller, prepared.Member("order"), signature, cancellationToken);
        if (Refused(listed))
            return $"list {token}: {listed.Code}";
        traders.Listings.Add((listed.Text("id"), seller));
        return $"list {token}";
    }

    /// <summary>Holds, and then sends or not, reports or not: a buyer's browser may die at any moment too.</summary>
    private async Task<string> BuyAsync(CancellationToken cancellationToken)
    {
        if (Pick() is not { } listing)
            return "buy: nothing listed";
        Person buyer = traders.All[random.Next(traders.All.Count)];
        ApiAnswer held = await Market.HoldAsync(buyer, listing.Id, cancellationToken);
        if (Refused(held))
            return $"buy: {held.Code}";
        if (random.Next(5) == 0 || held.Member("steps").AsArray().Count == 0)
            return "buy: held and forgotten";

        TransactionHash hash = await buyer.SendAsync(traders.Chain, held.Member("steps")[0]!, cancellationToken);
        if (random.Next(3) == 0)
            return "buy: sent, not reported";
        JsonObject body = new() { ["transactionHash"] = hash.ToString() };
        ApiAnswer reported = await buyer.PostAsync(
            "marketplace", $"/v1/purchases/{held.Text("id")}/transactions", body, cancellationToken);
        return Refused(reported) ? $"buy: sent, report {reported.Code}" : "buy: sent and reported";
    }

    private async Task<string> CancelAsync(CancellationToken cancellationToken)
    {
        if (Pick() is not { } listing)
            return "cancel: nothing listed";
        ApiAnswer answer = await listing.Seller.PostAsync(
            "marketplace", $"/v1/listings/{listing.Id}/cancel", [], cancellationToken);
        return Refused(answer) ? $"cancel: {answer.Code}" : $"cancel: {answer.Text("status")}";
    }

    private async Task<string> CancelOnChainAsync(CancellationToken cancellationToken)
    {
        if (Pick() is not { } listing)
            return "cancel on chain: nothing listed";
        ApiAnswer step = await listing.Seller.GetAsync(
            "marketplace", $"/v1/listings/{listing.Id}/cancellation", cancellationToken);
        if (Refused(step))
            return $"cancel on chain: {step.Code}";
        await listing.Seller.SendAsync(traders.Chain, step.Body!, cancellationToken);
        return "cancel on chain";
    }

    private async Task<string> GiveAwayAsync(CancellationToken cancellationToken)
    {
        TokenId token = traders.Tokens[random.Next(traders.Tokens.Count)];
        Person owner = await OwnerOfAsync(token, cancellationToken);
        Person other = traders.All[random.Next(traders.All.Count)];
        byte[] data = TransferFrom.Encode(owner.Wallet, other.Wallet, token);
        await owner.SendAsync(traders.Chain, traders.Chain.Contracts.Collection, data, Wei.Zero, cancellationToken);
        return $"give {token} away";
    }

    private async Task<Person> OwnerOfAsync(TokenId token, CancellationToken cancellationToken)
    {
        Address owner = await traders.OwnerAsync(token, cancellationToken);
        return traders.All.First(trader => trader.Wallet == owner);
    }

    private (string Id, Person Seller)? Pick() =>
        traders.Listings.Count == 0 ? null : traders.Listings[random.Next(traders.Listings.Count)];

    /// <summary>A refusal is an answer; a failure of ours is a breach.</summary>
    private static bool Refused(ApiAnswer answer)
    {
        DemoFailedException.Unless(
            answer.Status is >= 200 and < 500 || answer.Code == "upstream_unavailable",
            $"a function answered {answer.Status} {answer.Code}");
        return answer.Status >= 400;
    }
}
