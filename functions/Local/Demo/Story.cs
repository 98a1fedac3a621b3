using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Outside;
using Souk.Local.StandIns;
using Souk.Local.Supervision;

namespace Souk.Local.Demo;

/// <summary>
/// The first sale on one chain: sign-in, mint, list, buy, settle; then what can end a listing without one.
/// </summary>
public sealed class Story(LocalPlatform platform, WorldChain chain, ApiClient api, StepPrinter printer)
{
    private static readonly Wei Price = Wei.Parse("1000000000000000001");
    private static readonly string[] FeedKinds = ["mint", "list", "sale"];

    private readonly Market _market = new(platform, chain);
    private readonly Person _seller = new($"seller-{chain.Plan.Name}", api, platform.World);
    private readonly Person _buyer = new($"buyer-{chain.Plan.Name}", api, platform.World);
    private readonly Person _rival = new($"rival-{chain.Plan.Name}", api, platform.World);

    /// <summary>Tells it; the first claim that does not hold ends it.</summary>
    /// <exception cref="DemoFailedException">A claim does not hold.</exception>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        printer.Chapter(
            $"{chain.Plan.Name} (chain {chain.Plan.Id}, {chain.Plan.CurrencySymbol}, "
            + $"final after {chain.Plan.Confirmations} blocks)");
        await printer.RunAsync(() => SignInAsync(cancellationToken));
        Treasury treasury = new(platform, chain, api);
        await printer.RunAsync(() => treasury.OpenAsync(cancellationToken));
        await printer.RunAsync(() => RequireWatchedAsync(cancellationToken));
        TokenId[] tokens = [.. Enumerable.Range(1, 4).Select(number => new TokenId((ulong)number))];
        await printer.RunAsync(() => treasury.MintAsync(_seller.Wallet, tokens, cancellationToken));

        await new Refusals(_market, _seller, _buyer, printer).TellAsync(tokens[0], Price, cancellationToken);
        await SellAsync(tokens[0], cancellationToken);
        await new Endings(platform, chain, _market, _seller, _buyer, printer).TellAsync(tokens[1..], cancellationToken);
    }

    private async Task<string> SignInAsync(CancellationToken cancellationToken)
    {
        foreach (Person person in new[] { _seller, _buyer, _rival })
        {
            await person.SignInAsync("user", cancellationToken);
            await person.LinkWalletAsync(chain, cancellationToken);
        }

        return "Seller, buyer and a rival signed in with Firebase and linked wallets with Ethereum";
    }

    /// <summary>Nobody touched Alchemy's webhooks: that they watch what is new is Souk's own doing.</summary>
    private async Task<string> RequireWatchedAsync(CancellationToken cancellationToken)
    {
        string[] expected =
        [
            chain.Contracts.Collection.ToLowerHex(),
            .. new[] { _seller, _buyer, _rival }.Select(person => person.Wallet.ToLowerHex()),
        ];
        AlchemyWebhook[] hooks =
        [
            platform.World.Hooks[$"{chain.Plan.Name}-nfts"], platform.World.Hooks[$"{chain.Plan.Name}-wallets"],
        ];
        await Patience.UntilAsync(
            platform,
            "Alchemy watches what is new",
            ["relay", "sync-hooks"],
            () => Task.FromResult(hooks.SelectMany(platform.World.Alchemy.WatchedBy)),
            watched => !expected.Except(watched).Any(),
            cancellationToken);
        return "Alchemy's webhooks watch the collection and the three wallets, without anybody's hand";
    }

    private async Task SellAsync(TokenId token, CancellationToken cancellationToken)
    {
        Sale sale = new(platform, chain, _seller, _buyer, token, Price);
        await printer.RunAsync(async () =>
        {
            await sale.DoAsync("prepare", cancellationToken);
            await sale.DoAsync("submit", cancellationToken);
            return $"Token {token} is listed for {Price} wei";
        });
        await printer.RunAsync(() => RaceAsync(sale, token, cancellationToken));
        await printer.RunAsync(() => RequireBoundAsync(sale, cancellationToken));
        await printer.RunAsync(async () =>
        {
            Disturb();
            await sale.DoAsync("send", cancellationToken);
            await sale.DoAsync("report", cancellationToken);
            await sale.DoAsync("settle", cancellationToken);
            return "The chain settled the sale, with one webhook duplicated and one out of order";
        });
        await printer.RunAsync(() => sale.RequireBooksAsync(cancellationToken));
        await printer.RunAsync(() => RequireFeedAsync(sale, token, cancellationToken));
    }

    /// <summary>Two buyers at the same instant: one holds, the other hears a clean no.</summary>
    private async Task<string> RaceAsync(Sale sale, TokenId token, CancellationToken cancellationToken)
    {
        string query = $"/v1/listings?chainId={chain.Plan.Id}&contract={chain.Contracts.Collection}&tokenId={token}";
        ApiAnswer found = (await _buyer.GetAsync("marketplace", query, cancellationToken)).Required();
        DemoFailedException.UnlessEqual(
            sale.Listing, found.Member("listings")[0]!["id"]!.GetValue<string>(), "The search's first result");

        await sale.DoAsync("hold", cancellationToken);
        ApiAnswer[] late = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Market.HoldAsync(_rival, sale.Listing, cancellationToken)));
        DemoFailedException.Unless(
            late.All(answer => answer is { Status: 409, Code: "listing_held" }), "A rival cannot hold what is held.");
        return "The buyer found it and holds it; a rival's eight attempts were refused: listing_held";
    }

    /// <summary>
    /// The authorization is bound to its wallet and its octets: anyone and anything else reverts on chain.
    /// </summary>
    private async Task<string> RequireBoundAsync(Sale sale, CancellationToken cancellationToken)
    {
        await RequireRevertAsync(_rival, sale.Step!, "The same calldata from another wallet", cancellationToken);
        await RequireRevertAsync(_buyer, Altered(sale.Step!), "An altered authorization", cancellationToken);
        return "The same calldata from another wallet reverts, and so does an altered authorization";
    }

    private async Task RequireRevertAsync(
        Person sender, JsonNode step, string what, CancellationToken cancellationToken)
    {
        TransactionHash hash = await sender.SendAsync(chain, step, cancellationToken);
        (bool passed, _) = await Person.WaitAsync(chain, hash, cancellationToken);
        DemoFailedException.Unless(!passed, $"{what} reverts.");
    }

    /// <summary>
    /// The authorization is the call data's last 125 octets, padded to 128; one bit of its expiry is turned.
    /// </summary>
    private static JsonObject Altered(JsonNode step)
    {
        byte[] data = Hex.Decode(step["data"]!.GetValue<string>());
        const int authorizationPadded = 128;
        const int expiryLastOctet = 1 + 20 + 7;
        data[^(authorizationPadded - expiryLastOctet)] ^= 1;
        JsonObject altered = (JsonObject)step.DeepClone();
        altered["data"] = Hex.Encode(data);
        return altered;
    }

    private void Disturb()
    {
        string orders = platform.World.Hooks[$"{chain.Plan.Name}-orders"].Id;
        string tokens = platform.World.Hooks[$"{chain.Plan.Name}-nfts"].Id;
        platform.World.Alchemy.NextDelivery(AlchemyDeliveryFault.Duplicate, orders);
        platform.World.Alchemy.NextDelivery(AlchemyDeliveryFault.Swap, tokens);
    }

    private async Task<string> RequireFeedAsync(Sale sale, TokenId token, CancellationToken cancellationToken)
    {
        await _market.WaitForListingAsync(_buyer, sale.Listing, "filled", ["reconcile"], cancellationToken);
        string path = $"/v1/activity?chainId={chain.Plan.Id}&contract={chain.Contracts.Collection}&tokenId={token}";
        ApiAnswer answer = (await _buyer.GetAsync("marketplace", path, cancellationToken)).Required();
        string[] kinds = [.. answer.Member("activity").AsArray().Select(entry => entry!["kind"]!.GetValue<string>())];
        DemoFailedException.Unless(
            FeedKinds.All(kinds.Contains), $"The feed shows mint, list and sale: {string.Join(' ', kinds)}");
        ApiAnswer owner = await _buyer.GetAsync(
            "marketplace", $"/v1/tokens/{chain.Plan.Id}/{chain.Contracts.Collection}/{token}", cancellationToken);
        DemoFailedException.UnlessEqual(
            _buyer.Wallet.ToString(),
            owner.Required().Member("owners")[0]!["owner"]!.GetValue<string>(),
            "The owner shown");
        return "The listing is filled, the owner changed, and the feed shows mint, list and sale";
    }
}
