using System.Text.Json.Nodes;
using Souk.Domain.Chain;

namespace Souk.Local.Demo;

/// <summary>What a marketplace must not list, each refused with its own code.</summary>
public sealed class Refusals(Market market, Person seller, Person stranger, StepPrinter printer)
{
    /// <summary>Tries them all; ends with the seller's approval given.</summary>
    public Task TellAsync(TokenId token, Wei price, CancellationToken cancellationToken) => printer.RunAsync(async () =>
    {
        TimeSpan day = TimeSpan.FromDays(1);
        ApiAnswer prepared = (await market.PrepareAsync(seller, token, price, day, cancellationToken)).Required();
        JsonNode order = prepared.Member("order");
        string signature = seller.SignTypedData(prepared.Member("typedData"));
        await RequireAsync(order, signature, "not_approved", cancellationToken);
        await market.ApproveAsync(seller, cancellationToken);

        JsonNode tampered = order.DeepClone();
        JsonNode proceeds = tampered["consideration"]![0]!;
        proceeds["startAmount"] = "1";
        proceeds["endAmount"] = "1";
        await RequireAsync(tampered, signature, "order_mismatch", cancellationToken);
        string foreign = stranger.SignTypedData(prepared.Member("typedData"));
        await RequireAsync(order, foreign, "signature_invalid", cancellationToken);
        ApiAnswer ended = await market.PrepareAsync(seller, token, price, TimeSpan.FromMinutes(-1), cancellationToken);
        DemoFailedException.UnlessEqual("order_expired", ended.Code, "An order that has ended");
        return "Refused: not_approved, order_mismatch (a tampered price), signature_invalid, order_expired";
    });

    private async Task RequireAsync(
        JsonNode order, string signature, string code, CancellationToken cancellationToken)
    {
        ApiAnswer answer = await Market.SubmitAsync(seller, order, signature, cancellationToken);
        DemoFailedException.UnlessEqual(code, answer.Code, "A bad order");
    }
}
