using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local.Demo;

/// <summary>The three ways in which a listing ends without a sale: time, its seller's word, and the chain.</summary>
public sealed class Endings(
    LocalPlatform platform, WorldChain chain, Market market, Person seller, Person buyer, StepPrinter printer)
{
    private static readonly Wei Price = Wei.Parse("500000000000000000");
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(11);
    private static readonly TimeSpan Long = TimeSpan.FromDays(1);

    /// <summary>Tells them, time last: the chain's clock does not go back.</summary>
    public async Task TellAsync(TokenId[] tokens, CancellationToken cancellationToken)
    {
        await printer.RunAsync(() => CancelHereAsync(tokens[1], cancellationToken));
        await printer.RunAsync(() => CancelOnChainAsync(tokens[2], cancellationToken));
        await printer.RunAsync(() => ExpireAsync(tokens[0], cancellationToken));
    }

    private async Task<string> CancelHereAsync(TokenId token, CancellationToken cancellationToken)
    {
        JsonNode listing = await market.ListAsync(seller, token, Price, Long, cancellationToken);
        string id = listing["id"]!.GetValue<string>();
        ApiAnswer cancelled = await seller.PostAsync(
            "marketplace", $"/v1/listings/{id}/cancel", [], cancellationToken);
        DemoFailedException.UnlessEqual("cancelled", cancelled.Required().Text("status"), "The cancelled listing");
        ApiAnswer late = await Market.HoldAsync(buyer, id, cancellationToken);
        DemoFailedException.UnlessEqual("listing_not_active", late.Code, "A hold of a cancelled listing");
        return "A listing cancelled before any authorization went out is final at once";
    }

    private async Task<string> CancelOnChainAsync(TokenId token, CancellationToken cancellationToken)
    {
        JsonNode listing = await market.ListAsync(seller, token, Price, Long, cancellationToken);
        string id = listing["id"]!.GetValue<string>();
        ApiAnswer step = await seller.GetAsync("marketplace", $"/v1/listings/{id}/cancellation", cancellationToken);
        TransactionHash hash = await seller.SendAsync(chain, step.Required().Body!, cancellationToken);
        (bool passed, _) = await Person.WaitAsync(chain, hash, cancellationToken);
        DemoFailedException.Unless(passed, "The cancellation passes.");
        await market.WaitForListingAsync(seller, id, "cancelled", ["relay", "reconcile"], cancellationToken);
        return "A listing cancelled on chain is cancelled here";
    }

    private async Task<string> ExpireAsync(TokenId token, CancellationToken cancellationToken)
    {
        JsonNode listing = await market.ListAsync(seller, token, Price, Short, cancellationToken);
        string id = listing["id"]!.GetValue<string>();
        ApiAnswer held = (await Market.HoldAsync(buyer, id, cancellationToken)).Required();
        await chain.Node.IncreaseTimeAsync(Short, cancellationToken);
        TransactionHash late = await buyer.SendAsync(chain, held.Member("steps")[0]!, cancellationToken);
        (bool passed, _) = await Person.WaitAsync(chain, late, cancellationToken);
        DemoFailedException.Unless(!passed, "A fill after its authorization's end reverts.");

        platform.World.Schedules.Fire("expire");
        await market.WaitForListingAsync(seller, id, "expired", ["expire"], cancellationToken);
        return "A fill after its authorization's end reverts; a fired schedule expired the listing";
    }
}
