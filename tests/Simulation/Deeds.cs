using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Demo;
using Souk.Local.Supervision;

namespace Souk.Simulation;

/// <summary>What people do, some of it foolish: each deed may be refused, but only by a refusal.</summary>
public sealed class Deeds(LocalPlatform platform, Traders traders, Random random)
{
    /// <summary>How many of the newest listings somebody looks at: the older ones are mostly over.</summary>
    private const int ListingsSeen = 15;

    private const int UnitsSoldMax = 5;
    private const int UnitsMovedMax = 4;

    private static readonly AbiFunction TransferFrom = AbiFunction.Parse("transferFrom(address,address,uint256)");
    private static readonly AbiFunction RaiseCounter = AbiFunction.Parse("incrementCounter()");
    private static readonly AbiFunction SendUnits =
        AbiFunction.Parse("safeTransferFrom(address,address,uint256,uint256,bytes)");

    private static readonly AbiFunction SendBatch =
        AbiFunction.Parse("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)");

    private readonly Market _market = new(platform, traders.Chain);

    /// <summary>Does one at random.</summary>
    /// <returns>What happened.</returns>
    public Task<string> DoAsync(CancellationToken cancellationToken) => random.Next(20) switch
    {
        < 4 => ListAsync(cancellationToken),
        < 6 => ListUnitsAsync(cancellationToken),
        < 11 => BuyAsync(cancellationToken),
        11 => CancelAsync(cancellationToken),
        12 => CancelOnChainAsync(cancellationToken),
        13 => GiveAwayAsync(cancellationToken),
        14 => MintAsync(cancellationToken),
        15 or 16 => MoveUnitsAsync(cancellationToken),
        17 or 18 => ChangeApprovalAsync(cancellationToken),
        _ => RaiseCounterAsync(cancellationToken),
    };

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        TokenId token = traders.Tokens[random.Next(traders.Tokens.Count)];
        if (await traders.FindOwnerAsync(token, cancellationToken) is not { } seller)
            return $"list {token}: it is gone";
        ApiAnswer prepared = await _market.PrepareAsync(
            seller, token, AnyPrice(), TimeSpan.FromHours(1), cancellationToken);
        return $"list {token}: {await SubmitAsync(seller, prepared, cancellationToken)}";
    }

    private async Task<string> ListUnitsAsync(CancellationToken cancellationToken)
    {
        Person seller = AnyTrader();
        UnitLot lot = new(traders.Units, AnyUnitToken(), random.Next(1, UnitsSoldMax + 1));
        ApiAnswer prepared = await _market.PrepareAsync(
            seller, lot, AnyPrice(), TimeSpan.FromHours(1), cancellationToken);
        return $"list {lot}: {await SubmitAsync(seller, prepared, cancellationToken)}";
    }

    private async Task<string> SubmitAsync(Person seller, ApiAnswer prepared, CancellationToken cancellationToken)
    {
        if (Refused(prepared))
            return prepared.Code;
        string signature = seller.SignTypedData(prepared.Member("typedData"));
        ApiAnswer listed = await Market.SubmitAsync(seller, prepared.Member("order"), signature, cancellationToken);
        if (Refused(listed))
            return listed.Code;
        traders.Listings.Add((listed.Text("id"), seller));
        return "listed";
    }

    /// <summary>Holds, and then sends or not, reports or not: a buyer's browser may die at any moment too.</summary>
    private async Task<string> BuyAsync(CancellationToken cancellationToken)
    {
        if (Pick() is not { } listing)
            return "buy: nothing listed";
        Person buyer = AnyTrader();
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
        if (await traders.FindOwnerAsync(token, cancellationToken) is not { } owner)
            return $"give {token} away: it is gone";
        byte[] data = TransferFrom.Encode(owner.Wallet, AnyTrader().Wallet, token);
        await owner.SendAsync(traders.Chain, traders.Chain.Contracts.Collection, data, Wei.Zero, cancellationToken);
        return $"give {token} away";
    }

    private async Task<string> MintAsync(CancellationToken cancellationToken) =>
        $"mint {await traders.MintAsync(AnyTrader(), cancellationToken)}";

    /// <summary>
    /// Units of one token in one log, or of two tokens in one; more than there are are refused on chain.
    /// </summary>
    private async Task<string> MoveUnitsAsync(CancellationToken cancellationToken)
    {
        Address from = AnyTrader().Wallet;
        Address to = AnyTrader().Wallet;
        Person owner = traders.All.First(trader => trader.Wallet == from);
        ulong first = (ulong)random.Next(1, UnitsMovedMax + 1);
        ulong second = (ulong)random.Next(1, UnitsMovedMax + 1);
        bool isBatch = random.Next(2) == 0;
        byte[] data = isBatch
            ? SendBatch.Encode(
                from, to, AbiValue.ListOf(1UL, 2UL), AbiValue.ListOf(first, second), Array.Empty<byte>())
            : SendUnits.Encode(from, to, AnyUnitToken(), first, Array.Empty<byte>());
        await owner.SendAsync(traders.Chain, traders.Units, data, Wei.Zero, cancellationToken);
        return isBatch ? "give units of two tokens away" : "give units away";
    }

    private async Task<string> ChangeApprovalAsync(CancellationToken cancellationToken)
    {
        bool isAllowed = random.Next(3) > 0;
        Address collection = random.Next(2) == 0 ? traders.Units : traders.Chain.Contracts.Collection;
        await traders.LetSellAsync(AnyTrader(), collection, isAllowed, cancellationToken);
        return isAllowed ? "approve" : "take an approval back";
    }

    private async Task<string> RaiseCounterAsync(CancellationToken cancellationToken)
    {
        Address seaport = traders.Chain.Contracts.Seaport;
        await AnyTrader().SendAsync(traders.Chain, seaport, RaiseCounter.Encode(), Wei.Zero, cancellationToken);
        return "raise a counter";
    }

    private Person AnyTrader() => traders.All[random.Next(traders.All.Count)];

    private Wei AnyPrice() => Wei.Parse($"{random.NextInt64(1_000, long.MaxValue)}");

    private TokenId AnyUnitToken() => new((ulong)random.Next(1, (int)Traders.UnitTokens + 1));

    private (string Id, Person Seller)? Pick()
    {
        int seen = Math.Min(ListingsSeen, traders.Listings.Count);
        return seen == 0 ? null : traders.Listings[^(random.Next(seen) + 1)];
    }

    /// <summary>
    /// A refusal is an answer, and a function may be dead for a while; a failure of ours is a breach.
    /// </summary>
    private static bool Refused(ApiAnswer answer)
    {
        DemoFailedException.Unless(
            answer.Status is 0 or (>= 200 and < 500) || answer.Code == "upstream_unavailable",
            $"a function answered {answer.Status} {answer.Code}");
        return answer.Status is 0 or >= 400;
    }
}
