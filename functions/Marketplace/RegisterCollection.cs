using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>A collection as the API shows it.</summary>
internal sealed record CollectionView(ChainId ChainId, Address Contract, TokenStandard Standard, string Name)
{
    internal static CollectionView Of(Collection row) => new(row.ChainId, row.Contract, row.Standard, row.Name);
}

/// <summary><c>POST /v1/admin/collections</c>: serves a token contract from now on, its past included.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>chain_unknown</c>, <c>conflict</c>, in that order. What the contract speaks
/// is asked of it (ERC-165), never believed of the caller.
/// </remarks>
internal static partial class RegisterCollection
{
    private const int NameLengthMax = 100;

    /// <param name="ChainId">The chain.</param>
    /// <param name="Contract">The token contract.</param>
    /// <param name="Name">What people call it, up to 100 characters.</param>
    internal sealed record Request(ChainId ChainId, Address Contract, string Name);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/admin/collections", HandleAsync).RequireAdminScope(RoleScopes.MarketAdmin);

    internal static async Task<Created<CollectionView>> HandleAsync(
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        ChainRegistry chains,
        ChainObserver observer,
        CancellationToken cancellationToken)
    {
        if (request.Name.Length is 0 or > NameLengthMax)
            throw Invalid("$.name", "The name must have 1 to 100 characters.");
        ChainSettings chain = chains.Get(request.ChainId);
        CollectionView view = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/admin/collections",
            request,
            MarketplaceJson.Default.RegisterCollectionRequest,
            MarketplaceJson.Default.CollectionView,
            () => observer.ReadStandardAsync(chain.Id, request.Contract, cancellationToken),
            async (transaction, spoken) =>
            {
                TokenStandard standard = spoken
                    ?? throw Invalid("$.contract", "The contract speaks neither ERC-721 nor ERC-1155.");
                Collection collection = new(
                    chain.Id, request.Contract, standard, request.Name, chain.StartBlock, chain.StartBlock - 1,
                    IsLive: false);
                if (!await CollectionTable.AddAsync(transaction, collection, caller.UserId, cancellationToken))
                    throw new FailureException(FailureCode.Conflict, "The collection is registered already.");
                await Audit.AppendAsync(
                    transaction, caller.UserId, "collection.register", $"collection/{chain.Id}/{request.Contract}",
                    "{}", cancellationToken);
                await transaction.AnnounceAsync(
                    EventType.CollectionRegistered,
                    $"collection/{chain.Id}/{request.Contract}",
                    new CollectionRegistered(chain.Id, request.Contract),
                    MarketplaceJson.Default.CollectionRegistered,
                    cancellationToken);
                return CollectionView.Of(collection);
            },
            cancellationToken);
        return TypedResults.Created($"/v1/collections?chainId={chain.Id}", view);
    }

    private static FailureException Invalid(string field, string detail) =>
        new(new Failure(FailureCode.InvalidRequest, detail) { Field = field });
}
