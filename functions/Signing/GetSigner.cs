using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>GET /v1/signers/{id}</c>: a wallet, its ledger of nonces, and what the chain says of both.</summary>
/// <remarks>Refuses with <c>not_found</c>. While the node does not answer, the chain's part is null.</remarks>
internal static class GetSigner
{
    private const int GapsMax = 100;

    /// <param name="Signer">The wallet.</param>
    /// <param name="Ledger">What Souk has written down.</param>
    /// <param name="Chain">What the chain's node says; null while it says nothing.</param>
    internal sealed record Response(SignerView Signer, LedgerView Ledger, ChainView? Chain);

    /// <param name="NextNonce">What the next allocation takes.</param>
    /// <param name="SettledNonce">Every nonce below it is used for good.</param>
    /// <param name="WindowMax">How many nonces may wait for the chain at once; null: the settings do not name
    /// it.</param>
    /// <param name="Gaps">Nonces that no transaction of ours holds, lowest first; they are filled by the next
    /// run.</param>
    /// <param name="Open">How many transactions stand where, and since when the oldest was asked for.</param>
    internal sealed record LedgerView(
        long NextNonce,
        long SettledNonce,
        int? WindowMax,
        IReadOnlyList<long> Gaps,
        IReadOnlyList<OpenCount> Open);

    /// <param name="LatestNonce">How many of its transactions are in blocks.</param>
    /// <param name="PendingNonce">The same, with those that the node's pool could mine next.</param>
    /// <param name="BalanceWei">What it has.</param>
    /// <param name="BalanceWeiMin">What it should have; null: the settings do not name it.</param>
    /// <param name="IsBalanceLow">Whether it has less.</param>
    internal sealed record ChainView(
        long LatestNonce, long PendingNonce, Wei BalanceWei, Wei? BalanceWeiMin, bool IsBalanceLow);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/signers/{id}", HandleAsync).RequireAdminScope(RoleScopes.SigningRead);

    internal static async Task<Ok<Response>> HandleAsync(
        SignerId id,
        Database database,
        AlchemyClients nodes,
        SignerRegistry registry,
        CancellationToken cancellationToken)
    {
        SignerRecord signer = await database.ReadAsync(
            t => SignerTable.GetAsync(t, id, cancellationToken), cancellationToken);
        SignerSettings? settings = registry.Find(signer.Name);
        ChainView? chain = await TryAskAsync(nodes, signer, settings, cancellationToken);
        LedgerView ledger = await database.ReadAsync(
            async t => new LedgerView(
                signer.NextNonce,
                signer.SettledNonce,
                settings?.WindowMax,
                await TransactionQueue.ListGapsAsync(
                    t,
                    id,
                    Math.Max(signer.SettledNonce, chain?.LatestNonce ?? 0),
                    signer.NextNonce,
                    GapsMax,
                    cancellationToken),
                await TransactionQueue.CountOpenAsync(t, id, cancellationToken)),
            cancellationToken);
        return TypedResults.Ok(new Response(SignerView.Of(signer), ledger, chain));
    }

    private static async Task<ChainView?> TryAskAsync(
        AlchemyClients nodes, SignerRecord signer, SignerSettings? settings, CancellationToken cancellationToken)
    {
        try
        {
            AlchemyClient node = nodes.For(signer.ChainId);
            Address wallet = signer.Address;
            Wei balance = await node.GetBalanceAsync(wallet, BlockReference.Latest, cancellationToken);
            return new ChainView(
                await node.GetTransactionCountAsync(wallet, BlockReference.Latest, cancellationToken),
                await node.GetTransactionCountAsync(wallet, BlockReference.Pending, cancellationToken),
                balance,
                settings?.BalanceMin,
                settings is not null && balance < settings.BalanceMin);
        }
        catch (FailureException failed) when (failed.Failure.Code is FailureCode.UpstreamUnavailable
            or FailureCode.ChainUnknown)
        {
            return null;
        }
    }
}
