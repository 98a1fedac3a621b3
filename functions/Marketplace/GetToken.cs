using Souk.Domain.Chain;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>
/// <c>GET /v1/tokens/{chainId}/{contract}/{tokenId}</c>: who owns a token, as far as the chain was followed.
/// </summary>
internal static class GetToken
{
    /// <param name="Owner">The address.</param>
    /// <param name="Quantity">Units.</param>
    internal sealed record OwnerView(Address Owner, UInt256 Quantity);

    /// <param name="ChainId">The chain.</param>
    /// <param name="Contract">The contract.</param>
    /// <param name="TokenId">The token.</param>
    /// <param name="Owners">Who owns it, most units first; empty for a token nobody has.</param>
    /// <param name="BlockNumber">The last block that was read.</param>
    internal sealed record Response(
        ChainId ChainId, Address Contract, TokenId TokenId, IReadOnlyList<OwnerView> Owners, long BlockNumber);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/tokens/{chainId}/{contract}/{tokenId}", HandleAsync)
            .AllowAnyone("The market is open to look at.");

    internal static Task<Response> HandleAsync(
        ChainId chainId, Address contract, TokenId tokenId, Database database, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction =>
            {
                ChainCursor? cursor = await ChainCursorTable.FindAsync(transaction, chainId, cancellationToken);
                List<TokenBalance> balances = await TokenTable.ListBalancesAsync(
                    transaction, new TokenReference(chainId, contract, tokenId), cancellationToken);
                OwnerView[] owners = [.. balances.Select(row => new OwnerView(row.Owner, row.Quantity))];
                return new Response(chainId, contract, tokenId, owners, cursor?.Block.Number ?? 0);
            },
            cancellationToken);
}
