using System.Text.Json.Serialization;
using Souk.Domain.Events;
using Souk.Domain.Signing;

namespace Souk.Signing;

/// <summary>What this room reads and writes as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TransactionQueued))]
[JsonSerializable(typeof(TransactionEnded))]
[JsonSerializable(typeof(ChainHint))]
[JsonSerializable(typeof(Operation))]
[JsonSerializable(typeof(CallOperation))]
[JsonSerializable(typeof(TransferOperation))]
[JsonSerializable(typeof(DeployOperation))]
[JsonSerializable(typeof(MintOperation))]
[JsonSerializable(typeof(MintBatchOperation))]
[JsonSerializable(typeof(TransferErc20Operation))]
[JsonSerializable(typeof(TransferErc721Operation))]
[JsonSerializable(typeof(TransferErc1155Operation))]
[JsonSerializable(typeof(RefundOperation))]
[JsonSerializable(typeof(ApproveOperation))]
[JsonSerializable(typeof(ApproveAllOperation))]
[JsonSerializable(typeof(RequestSignature.Request), TypeInfoPropertyName = "RequestSignatureRequest")]
[JsonSerializable(typeof(RequestSignature.Decided), TypeInfoPropertyName = "RequestSignatureDecided")]
[JsonSerializable(typeof(RequestSignature.Response), TypeInfoPropertyName = "RequestSignatureResponse")]
[JsonSerializable(typeof(ProposeSignatureType.Request), TypeInfoPropertyName = "ProposeSignatureTypeRequest")]
[JsonSerializable(typeof(RequestTransaction.Response), TypeInfoPropertyName = "RequestTransactionResponse")]
[JsonSerializable(typeof(GetTransaction.Response), TypeInfoPropertyName = "GetTransactionResponse")]
[JsonSerializable(typeof(ListTransactions.Response), TypeInfoPropertyName = "ListTransactionsResponse")]
[JsonSerializable(typeof(EvaluatePolicy.Request), TypeInfoPropertyName = "EvaluatePolicyRequest")]
[JsonSerializable(typeof(EvaluatePolicy.Response), TypeInfoPropertyName = "EvaluatePolicyResponse")]
[JsonSerializable(typeof(ProposePolicy.Request), TypeInfoPropertyName = "ProposePolicyRequest")]
[JsonSerializable(typeof(ApprovePolicy.Request), TypeInfoPropertyName = "ApprovePolicyRequest")]
[JsonSerializable(typeof(ProposeRecipientList.Request), TypeInfoPropertyName = "ProposeRecipientListRequest")]
[JsonSerializable(typeof(RegisterContract.Request), TypeInfoPropertyName = "RegisterContractRequest")]
[JsonSerializable(typeof(LimitSigner.Request), TypeInfoPropertyName = "LimitSignerRequest")]
[JsonSerializable(typeof(WithdrawPolicy.Request), TypeInfoPropertyName = "WithdrawPolicyRequest")]
[JsonSerializable(typeof(SwitchPolicy.Request), TypeInfoPropertyName = "SwitchPolicyRequest")]
[JsonSerializable(typeof(GetPolicy.Response), TypeInfoPropertyName = "GetPolicyResponse")]
[JsonSerializable(typeof(PolicyView))]
[JsonSerializable(typeof(ListPolicies.Response), TypeInfoPropertyName = "ListPoliciesResponse")]
[JsonSerializable(typeof(SignerView))]
[JsonSerializable(typeof(GetSigner.Response), TypeInfoPropertyName = "GetSignerResponse")]
[JsonSerializable(typeof(BalanceLow))]
[JsonSerializable(typeof(CancelTransaction.Request), TypeInfoPropertyName = "CancelTransactionRequest")]
[JsonSerializable(typeof(ReplaceTransaction.Request), TypeInfoPropertyName = "ReplaceTransactionRequest")]
[JsonSerializable(typeof(TransactionView))]
[JsonSerializable(typeof(ListSigners.Response), TypeInfoPropertyName = "ListSignersResponse")]
[JsonSerializable(typeof(PauseSigner.Request), TypeInfoPropertyName = "PauseSignerRequest")]
[JsonSerializable(typeof(PauseSigner.RequestMany), TypeInfoPropertyName = "PauseSignerRequestMany")]
[JsonSerializable(typeof(UnpauseSigner.Request), TypeInfoPropertyName = "UnpauseSignerRequest")]
[JsonSerializable(typeof(UnpauseSigner.RequestMany), TypeInfoPropertyName = "UnpauseSignerRequestMany")]
[JsonSerializable(typeof(PauseView))]
[JsonSerializable(typeof(AuditDetail))]
[JsonSerializable(typeof(AskConsent.Request), TypeInfoPropertyName = "AskConsentRequest")]
[JsonSerializable(typeof(AskConsent.Response), TypeInfoPropertyName = "AskConsentResponse")]
[JsonSerializable(typeof(AnswerConsent.Request), TypeInfoPropertyName = "AnswerConsentRequest")]
[JsonSerializable(typeof(ConsentView))]
[JsonSerializable(typeof(ConsentEnded))]
internal sealed partial class SigningJson : JsonSerializerContext;

/// <summary>The facts of an administrative act, for the audit log; never a secret.</summary>
/// <param name="Version">Of which version of a rule.</param>
/// <param name="Title">What an operator calls it.</param>
/// <param name="Reason">Why, in their words.</param>
internal sealed record AuditDetail(int? Version = null, string? Title = null, string? Reason = null);
