using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/signature-types</c>: proposes a type of typed data that the wallets may sign.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>chain_unknown</c>. A signature can move as much as a transaction: so it
/// takes a second person and the delay of any policy that allows more.
/// </remarks>
internal static class ProposeSignatureType
{
    /// <param name="ChainId">The chain.</param>
    /// <param name="VerifyingContract">The contract that verifies the signature.</param>
    /// <param name="DomainName">The domain's name; null for a domain that declares none.</param>
    /// <param name="DomainVersion">The domain's version; null for a domain that declares none.</param>
    /// <param name="PrimaryType">The type of the message.</param>
    /// <param name="TypeHash">Keccak-256 of the type as EIP-712 encodes it.</param>
    /// <param name="Signers">The wallets that may sign it; null for any of the chain's.</param>
    /// <param name="Roles">Who may ask.</param>
    internal sealed record Request(
        ChainId ChainId,
        Address VerifyingContract,
        string? DomainName,
        string? DomainVersion,
        string PrimaryType,
        Bytes32 TypeHash,
        ImmutableArray<SignerId>? Signers,
        ImmutableArray<Role> Roles);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/signature-types", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Created<PolicyView>> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        ChainRegistry chains,
        CancellationToken cancellationToken)
    {
        SignatureRule rule = new()
        {
            IsEnabled = true,
            ChainId = chains.Get(request.ChainId).Id,
            VerifyingContract = request.VerifyingContract,
            DomainName = request.DomainName,
            DomainVersion = request.DomainVersion,
            PrimaryType = request.PrimaryType,
            TypeHash = request.TypeHash,
            Signers = request.Signers,
            Roles = request.Roles,
        };
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/signature-types",
            request,
            SigningJson.Default.ProposeSignatureTypeRequest,
            SigningJson.Default.PolicyView,
            transaction => PolicyProposal.AddByKeyAsync(
                transaction, caller, rule, "signature_type.propose", cancellationToken),
            cancellationToken);
        return TypedResults.Created($"/v1/policies/{view.Id}", view);
    }
}
