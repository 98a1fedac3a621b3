using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Signing;

namespace Souk.Signing;

/// <summary>Data of <c>souk.transaction.queued.v1</c>: a wallet of the platform has something to send.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Signer">The wallet.</param>
internal sealed record TransactionQueued(TransactionId TransactionId, ChainId ChainId, SignerId Signer);

/// <summary>Data of <c>souk.transaction.final.v1</c> and <c>souk.transaction.failed.v1</c>: how one ended.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Status">Where it ended.</param>
/// <param name="TransactionHash">The chain's name for it; null when it never had one.</param>
/// <param name="Reason">Why it ended badly; null when it did not.</param>
internal sealed record TransactionEnded(
    TransactionId TransactionId,
    ChainId ChainId,
    TransactionStatus Status,
    TransactionHash? TransactionHash,
    string? Reason);

/// <summary>What this room reads and writes as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TransactionQueued))]
[JsonSerializable(typeof(TransactionEnded))]
[JsonSerializable(typeof(ChainHint))]
[JsonSerializable(typeof(RequestTransaction.Request), TypeInfoPropertyName = "RequestTransactionRequest")]
[JsonSerializable(typeof(RequestTransaction.Response), TypeInfoPropertyName = "RequestTransactionResponse")]
[JsonSerializable(typeof(GetTransaction.Response), TypeInfoPropertyName = "GetTransactionResponse")]
[JsonSerializable(typeof(ListTransactions.Response), TypeInfoPropertyName = "ListTransactionsResponse")]
[JsonSerializable(typeof(EvaluatePolicy.Request), TypeInfoPropertyName = "EvaluatePolicyRequest")]
[JsonSerializable(typeof(EvaluatePolicy.Response), TypeInfoPropertyName = "EvaluatePolicyResponse")]
[JsonSerializable(typeof(ProposePolicy.Request), TypeInfoPropertyName = "ProposePolicyRequest")]
[JsonSerializable(typeof(ApprovePolicy.Request), TypeInfoPropertyName = "ApprovePolicyRequest")]
[JsonSerializable(typeof(PolicyView))]
[JsonSerializable(typeof(ListPolicies.Response), TypeInfoPropertyName = "ListPoliciesResponse")]
[JsonSerializable(typeof(SignerView))]
[JsonSerializable(typeof(ListSigners.Response), TypeInfoPropertyName = "ListSignersResponse")]
[JsonSerializable(typeof(PauseSigner.Request), TypeInfoPropertyName = "PauseSignerRequest")]
[JsonSerializable(typeof(UnpauseSigner.Request), TypeInfoPropertyName = "UnpauseSignerRequest")]
[JsonSerializable(typeof(AuditDetail))]
internal sealed partial class SigningJson : JsonSerializerContext;

/// <summary>The facts of an administrative act, for the audit log; never a secret.</summary>
/// <param name="Version">Of which version of a rule.</param>
/// <param name="Title">What an operator calls it.</param>
/// <param name="Reason">Why, in their words.</param>
internal sealed record AuditDetail(int? Version = null, string? Title = null, string? Reason = null);
