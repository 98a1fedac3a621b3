using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/contracts</c>: proposes how a contract's calls and errors are read.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>chain_unknown</c>. No rule asks the registry, but people decide by what it
/// shows them: so it takes a second person like any policy.
/// </remarks>
internal static class RegisterContract
{
    /// <summary>The largest body, in bytes: the JSON ABI of the largest contracts takes about 200 KiB.</summary>
    private const int BodyBytesMax = 512 * 1024;

    /// <param name="ChainId">The chain.</param>
    /// <param name="Address">Where it is.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="Abi">
    /// Its functions and errors: lines such as <c>function mint(address to, uint256 id)</c> and
    /// <c>error Taken(uint256 id)</c>, or the entries of a JSON ABI.
    /// </param>
    internal sealed record Request(ChainId ChainId, Address Address, string Name, JsonElement Abi);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/contracts", HandleAsync)
            .LimitBody(BodyBytesMax)
            .RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Created<PolicyView>> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        ChainRegistry chains,
        CancellationToken cancellationToken)
    {
        RegisteredContract contract = new()
        {
            IsEnabled = true,
            ChainId = chains.Get(request.ChainId).Id,
            Address = request.Address,
            Name = request.Name,
            Abi = Read(request.Abi),
        };
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/contracts",
            request,
            SigningJson.Default.RegisterContractRequest,
            SigningJson.Default.PolicyView,
            transaction => PolicyProposal.AddByKeyAsync(
                transaction, caller, contract, "contract.propose", cancellationToken),
            cancellationToken);
        return TypedResults.Created($"/v1/policies/{view.Id}", view);
    }

    private static ImmutableArray<string> Read(JsonElement abi)
    {
        try
        {
            return ContractAbi.Parse(abi).Lines;
        }
        catch (FormatException exception)
        {
            throw new FailureException(
                new Failure(FailureCode.InvalidRequest, exception.Message) { Field = "$.abi" }, exception);
        }
    }
}
