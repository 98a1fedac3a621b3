using System.Numerics;
using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>Who is paid what, in the books and on the chain.</summary>
[Collection(nameof(TradingMarket))]
public sealed class SettlementTests(MarketFixture fixture) : MarketTest(fixture)
{
    private const int Seed = 20261123;

    private static readonly Wei Rich = new(UInt256.One * new UInt256(BigInteger.Pow(10, 40)));

    public static TheoryData<string> Prices
    {
        get
        {
            TheoryData<string> prices =
                ["1", "2", "19", "20", "39", "40", "1000000000000000001", $"1{new string('0', 36)}"];
            Random random = new(Seed);
            for (int i = 0; i < 6; i++)
            {
                byte[] octets = new byte[random.Next(1, 15)];
                random.NextBytes(octets);
                prices.Add((new BigInteger(octets, isUnsigned: true) + 1).ToString());
            }

            return prices;
        }
    }

    [Theory]
    [MemberData(nameof(Prices))]
    public async Task Its_lines_add_up_to_the_price_and_are_what_the_chain_moved(string text)
    {
        Wei price = Wei.Parse(text);
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller, price);
        await Market.Node.SetBalanceAsync(buyer.Wallet.Address, Rich, Cancelled);
        Address[] parties = [seller.Wallet.Address, Market.FeeRecipient, Market.RoyaltyReceiver];
        Wei[] before = await BalancesAsync(parties);

        JsonElement purchase = await HoldAsync(buyer, listed);
        MinedTransaction fill = await buyer.SendStepAsync(purchase, Cancelled);
        await FollowAsync();

        Wei[] after = await BalancesAsync(parties);
        Dictionary<string, Wei> lines = (await buyer.GetAsync($"/v1/purchases/{purchase.GetProperty("id")}", Cancelled))
            .Json.GetProperty("settlement").EnumerateArray().ToDictionary(
                it => $"{it.GetProperty("kind")} {it.GetProperty("recipient")}",
                it => Wei.Parse(it.GetProperty("amountWei").GetString()!));
        Assert.Equal(price, Wei.Sum(lines.Values));
        Assert.Equal(Rich - price - fill.Fee, await buyer.Wallet.BalanceAsync(Cancelled));
        string[] kinds = ["seller", "platform_fee", "royalty"];
        for (int i = 0; i < parties.Length; i++)
            Assert.Equal(after[i] - before[i], lines.GetValueOrDefault($"{kinds[i]} {parties[i]}"));
        Assert.Equal(price.ShareOf(Market.FeeBps), after[1] - before[1]);
        Assert.Equal(price.ShareOf(Market.RoyaltyBps), after[2] - before[2]);
    }

    private async Task<Wei[]> BalancesAsync(Address[] of)
    {
        List<Wei> balances = [];
        foreach (Address address in of) balances.Add(await Market.Node.Rpc.GetBalanceAsync(address, Cancelled));
        return [.. balances];
    }
}
