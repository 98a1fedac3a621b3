using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/signatures</c>: has a wallet of the platform sign typed data of a type that a rule names.
/// </summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>chain_unknown</c>, <c>signer_unavailable</c>, <c>policy_denied</c>,
/// <c>upstream_unavailable</c>, in that order. There is no way to have a digest or a message of free text signed: the
/// digest is computed here, from a message whose type a rule names, and what comes back must recover to the wallet.
/// The signature is a secret and is stored nowhere. A repeat under the same key is safe: it is the same digest, the
/// rule is asked again, and a wallet that signs it twice has given away no more than once.
/// </remarks>
internal static class RequestSignature
{
    private const int BodyBytesMax = 128 * 1024;
    private const int DescriptionLengthMax = 200;

    /// <param name="ChainId">The chain; the domain must name it too.</param>
    /// <param name="TypedData">What to sign, in the shape of <c>eth_signTypedData_v4</c>.</param>
    /// <param name="Description">Why, for people and for the signing provider's own log.</param>
    /// <param name="Signer">The name of the wallet; null: the chain's first.</param>
    internal sealed record Request(
        ChainId ChainId, JsonElement TypedData, string Description, string? Signer = null);

    /// <summary>What was decided under a key, without the secret.</summary>
    internal sealed record Decided(SignerId SignerId, Address Wallet, Bytes32 Digest, PolicyId RuleId, int RuleVersion);

    /// <param name="SignerId">The wallet.</param>
    /// <param name="Wallet">Its address.</param>
    /// <param name="Digest">What was signed.</param>
    /// <param name="RuleId">The policy that allowed it.</param>
    /// <param name="RuleVersion">Its version.</param>
    /// <param name="Signature">65 octets, r, s and v, as 0x text.</param>
    internal sealed record Response(
        SignerId SignerId, Address Wallet, Bytes32 Digest, PolicyId RuleId, int RuleVersion, string Signature)
    {
        /// <summary>Never the signature.</summary>
        public override string ToString() => $"[signature of {Digest}]";
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/signatures", HandleAsync)
            .LimitBody(BodyBytesMax)
            .RequireAdminScope(RoleScopes.SigningRequest);

    internal static async Task<Ok<Response>> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        ChainRegistry chains,
        Signers signers,
        MetaKeepClient metaKeep,
        MetaKeepCredentials credentials,
        CancellationToken cancellationToken)
    {
        TypedData data = Read(request);
        chains.Get(request.ChainId);
        SignerRecord signer = await signers.GetAsync(request.ChainId, request.Signer, cancellationToken);
        if (signer.IsPaused)
            throw new FailureException(FailureCode.SignerUnavailable, "The signer is paused.");

        // Asked each time, for each time a signature is made; the key only keeps the question the same.
        await database.ReadAsync(
            t => JudgeAsync(t, data, request.ChainId, signer, caller, cancellationToken), cancellationToken);
        Decided decided = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/signatures",
            request,
            SigningJson.Default.RequestSignatureRequest,
            SigningJson.Default.RequestSignatureDecided,
            t => DecideAsync(t, data, request, signer, caller, cancellationToken),
            cancellationToken);
        SignerSettings settings = await signers.GetSettingsAsync(signer, cancellationToken);
        MetaKeepCredential credential = await credentials.GetAsync(settings.Name, cancellationToken);
        Signature signature = await SignAsync(metaKeep, credential, signer, data, request, cancellationToken);
        return TypedResults.Ok(new Response(
            decided.SignerId, decided.Wallet, decided.Digest, decided.RuleId, decided.RuleVersion,
            Hex.Encode(signature.ToArray())));
    }

    private static async Task<Decided> DecideAsync(
        Transaction transaction,
        TypedData data,
        Request request,
        SignerRecord signer,
        Caller caller,
        CancellationToken cancellationToken)
    {
        // What policies and pauses say now they say until this has committed.
        await PolicyTable.ShareLockAsync(transaction, cancellationToken);
        if ((await SignerTable.GetAsync(transaction, signer.Id, cancellationToken)).IsPaused)
            throw new FailureException(FailureCode.SignerUnavailable, "The signer is paused.");
        SignaturePolicy rule =
            await JudgeAsync(transaction, data, request.ChainId, signer, caller, cancellationToken);
        Bytes32 digest = data.Digest();
        await Audit.AppendAsync(
            transaction,
            caller.UserId,
            "signature.request",
            $"signature/{digest}",
            JsonSerializer.Serialize(
                new AuditDetail(rule.Version, rule.Rule.Caption, request.Description),
                SigningJson.Default.AuditDetail),
            cancellationToken);
        return new Decided(signer.Id, signer.Address, digest, rule.Id, rule.Version);
    }

    /// <exception cref="FailureException"><c>policy_denied</c>.</exception>
    private static async Task<SignaturePolicy> JudgeAsync(
        Transaction transaction,
        TypedData data,
        ChainId chain,
        SignerRecord signer,
        Caller caller,
        CancellationToken cancellationToken)
    {
        if (SignatureRule.ContractOf(data, chain) is not { } contract)
            throw Denied("The domain names no contract on this chain.");
        string name = SignatureRule.KeyOf(chain, contract, data.TypeHash);
        SignaturePolicy rule = await SignatureRuleTable.FindAsync(transaction, name, cancellationToken)
            ?? throw Denied("No rule names this chain, contract and type.");
        return rule.Rule.Objection(data, signer.Id, RequestedCall.Roles(caller.Roles)) is { } objection
            ? throw Denied(objection)
            : rule;
    }

    private static async Task<Signature> SignAsync(
        MetaKeepClient metaKeep,
        MetaKeepCredential credential,
        SignerRecord signer,
        TypedData data,
        Request request,
        CancellationToken cancellationToken)
    {
        try
        {
            return await metaKeep.SignTypedDataAsync(
                credential, signer.Address, data, request.Description, cancellationToken);
        }
        catch (MetaKeepRefusedException refused)
        {
            throw new FailureException(
                new Failure(
                    FailureCode.SignerUnavailable, "The signing provider refuses this.", $"MetaKeep: {refused.Status}"),
                refused);
        }
    }

    private static TypedData Read(Request request)
    {
        if (request.Description.Length is 0 or > DescriptionLengthMax || request.Description.Any(char.IsControl))
        {
            throw Invalid(
                "$.description",
                $"The description has 1 to {DescriptionLengthMax} characters and no control characters.");
        }

        try
        {
            return TypedData.FromJson(request.TypedData);
        }
        catch (FormatException exception)
        {
            throw Invalid("$.typedData", exception.Message);
        }
    }

    private static FailureException Denied(string why) => new(FailureCode.PolicyDenied, why);

    private static FailureException Invalid(string field, string detail) =>
        new(new Failure(FailureCode.InvalidRequest, detail) { Field = field });
}
