using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local.Demo;

/// <summary>One sale from listing to settlement, step by step; between any two of them something may die.</summary>
/// <param name="platform">The platform.</param>
/// <param name="chain">The chain it settles on.</param>
/// <param name="seller">Owns the token, has approved Seaport.</param>
/// <param name="buyer">Pays.</param>
/// <param name="token">What is sold.</param>
/// <param name="price">For how much, in wei.</param>
public sealed class Sale(
    LocalPlatform platform, WorldChain chain, Person seller, Person buyer, TokenId token, Wei price)
{
    private static readonly TimeSpan Duration = TimeSpan.FromDays(1);
    private readonly Market _market = new(platform, chain);
    private readonly Books _books = new(platform.World, chain);
    private JsonNode? _prepared;
    private Dictionary<Address, Wei> _before = [];
    private TransactionHash _fill;

    /// <summary>The steps, in order; what follows the last is <see cref="RequireBooksAsync"/>.</summary>
    public static IReadOnlyList<string> Steps { get; } =
        ["prepare", "submit", "hold", "send", "report", "settle"];

    /// <summary>The listing, once submitted.</summary>
    public string Listing { get; private set; } = "";

    /// <summary>The purchase, once held.</summary>
    public string Purchase { get; private set; } = "";

    /// <summary>The wallet's step that fills, once held.</summary>
    public JsonNode? Step { get; private set; }

    /// <summary>Does one step.</summary>
    public Task DoAsync(string step, CancellationToken cancellationToken) => step switch
    {
        "prepare" => PrepareAsync(cancellationToken),
        "submit" => SubmitAsync(cancellationToken),
        "hold" => HoldAsync(cancellationToken),
        "send" => SendAsync(cancellationToken),
        "report" => ReportAsync(cancellationToken),
        "settle" => SettleAsync(cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    /// <summary>Everyone was paid to the wei, by the chain and by the books, and the token moved.</summary>
    /// <returns>What to tell.</returns>
    public async Task<string> RequireBooksAsync(CancellationToken cancellationToken)
    {
        (bool passed, Wei gas) = await Person.WaitAsync(chain, _fill, cancellationToken);
        DemoFailedException.Unless(passed, "The fill passes.");
        Dictionary<Address, Wei> after = await _books.BalancesAsync(_before.Keys, cancellationToken);
        Wei fee = price.ShareOf(WorldChain.PlatformFeeBps);
        Wei royalty = price.ShareOf(WorldChain.RoyaltyBps);
        Wei proceeds = price - fee - royalty;
        DemoFailedException.UnlessEqual(_before[seller.Wallet] + proceeds, after[seller.Wallet], "The seller's purse");
        DemoFailedException.UnlessEqual(_before[chain.FeeRecipient] + fee, after[chain.FeeRecipient], "The platform's");
        DemoFailedException.UnlessEqual(
            _before[chain.RoyaltyReceiver] + royalty, after[chain.RoyaltyReceiver], "The creator's purse");
        DemoFailedException.UnlessEqual(_before[buyer.Wallet] - price - gas, after[buyer.Wallet], "The buyer's purse");
        DemoFailedException.UnlessEqual(
            buyer.Wallet, await _books.OwnerAsync(token, cancellationToken), "The token's owner");

        Guid purchase = Guid.Parse(Purchase);
        string paid = await _books.ReadAsync(
            "SELECT sum(amount_wei)::text FROM settlement_lines WHERE purchase_id = $1", purchase, cancellationToken);
        DemoFailedException.UnlessEqual(price.ToString(), paid, "The settlement lines' sum");
        string settled = await _books.ReadAsync(
            "SELECT count(*)::text FROM purchases WHERE listing_id = $1 AND status = 'settled'",
            Guid.Parse(Listing), cancellationToken);
        DemoFailedException.UnlessEqual("1", settled, "The listing's settled purchases");
        return $"Money is conserved to the wei: {price} = {proceeds} seller + {royalty} royalty + {fee} platform";
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        ApiAnswer answer = await _market.PrepareAsync(seller, token, price, Duration, cancellationToken);
        _prepared = answer.Required().Body;
    }

    private async Task SubmitAsync(CancellationToken cancellationToken)
    {
        string signature = seller.SignTypedData(_prepared!["typedData"]!);
        ApiAnswer answer = await Market.SubmitAsync(seller, _prepared["order"]!, signature, cancellationToken);
        Listing = answer.Required().Text("id");
        DemoFailedException.UnlessEqual("active", answer.Text("status"), "The listing");
    }

    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        ApiAnswer answer = (await Market.HoldAsync(buyer, Listing, cancellationToken)).Required();
        Purchase = answer.Text("id");
        Step = answer.Member("steps")[0]!.DeepClone();
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        _before = await _books.BalancesAsync(
            [seller.Wallet, buyer.Wallet, chain.FeeRecipient, chain.RoyaltyReceiver], cancellationToken);
        _fill = await buyer.SendAsync(chain, Step!, cancellationToken);
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        JsonObject body = new() { ["transactionHash"] = _fill.ToString() };
        ApiAnswer answer = await buyer.PostAsync(
            "marketplace", $"/v1/purchases/{Purchase}/transactions", body, cancellationToken);
        answer.Required();
    }

    private Task<ApiAnswer> SettleAsync(CancellationToken cancellationToken) => Patience.UntilAsync(
        platform,
        "The purchase is settled",
        ["relay", "reconcile"],
        () => buyer.GetAsync("marketplace", $"/v1/purchases/{Purchase}", cancellationToken),
        answer => answer.Status == 200 && answer.Text("status") == "settled",
        cancellationToken);
}
