using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Purchases;
using Souk.Domain.Tokens;

namespace Souk.Domain.Signing;

/// <summary>Calls a contract with call data as it is; without call data it pays.</summary>
public sealed record CallOperation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.Call;

    /// <summary>The contract.</summary>
    public required Address To { get; init; }

    /// <summary>The call data as 0x text; <c>0x</c> for a plain payment.</summary>
    public required string Data { get; init; }

    /// <summary>The native coin to send along.</summary>
    public required Wei ValueWei { get; init; }

    private protected override Failure? FaultOfMembers() =>
        FaultOfAddresses(("to", To)) ?? (OperationData.TryRead(Data, out _) ? null : OperationData.Bad);

    private protected override OperationCall Call(Address signer) => new(To, Hex.Decode(Data), ValueWei);
}

/// <summary>Pays native coin.</summary>
public sealed record TransferOperation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.Transfer;

    /// <summary>Who is paid.</summary>
    public required Address To { get; init; }

    /// <summary>How much.</summary>
    public required Wei ValueWei { get; init; }

    private protected override Failure? FaultOfMembers() => FaultOfAddresses(("to", To));

    private protected override OperationCall Call(Address signer) => new(To, Array.Empty<byte>(), ValueWei);
}

/// <summary>Creates a contract.</summary>
public sealed record DeployOperation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.Deploy;

    /// <summary>The creation code with its constructor's arguments, as 0x text.</summary>
    public required string Data { get; init; }

    /// <summary>The native coin that the contract begins with.</summary>
    public required Wei ValueWei { get; init; }

    private protected override Failure? FaultOfMembers()
    {
        if (!OperationData.TryRead(Data, out byte[] code)) return OperationData.Bad;
        return code.Length == 0 ? Refuse("data", "There is no code to deploy.") : null;
    }

    private protected override OperationCall Call(Address signer) => new(null, Hex.Decode(Data), ValueWei);
}

/// <summary>Mints a token: one of its own, or with an amount so many of an ERC-1155 token.</summary>
public sealed record MintOperation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.Mint;

    /// <summary>The collection.</summary>
    public required Address Contract { get; init; }

    /// <summary>Who gets it.</summary>
    public required Address To { get; init; }

    /// <summary>The token.</summary>
    public required TokenId TokenId { get; init; }

    /// <summary>How many; null calls <c>mint(address,uint256)</c>, which knows no amounts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UInt256? Amount { get; init; }

    private protected override Failure? FaultOfMembers() => FaultOfAddresses(("contract", Contract), ("to", To));

    private protected override OperationCall Call(Address signer) => new(
        Contract,
        Amount is { } amount ? TokenCalls.Mint(To, TokenId, amount) : TokenCalls.Mint(To, TokenId),
        Wei.Zero);
}

/// <summary>Mints amounts of several ERC-1155 tokens.</summary>
public sealed record MintBatchOperation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.MintBatch;

    /// <summary>The collection.</summary>
    public required Address Contract { get; init; }

    /// <summary>Who gets them.</summary>
    public required Address To { get; init; }

    /// <summary>What is minted.</summary>
    public required ImmutableArray<TokenAmount> Items { get; init; }

    private protected override Failure? FaultOfMembers() =>
        FaultOfAddresses(("contract", Contract), ("to", To)) ?? OperationData.FaultOf(Items);

    private protected override OperationCall Call(Address signer) =>
        new(Contract, TokenCalls.MintBatch(To, Items), Wei.Zero);
}

/// <summary>Moves an amount of an ERC-20 token from the wallet.</summary>
public sealed record TransferErc20Operation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.TransferErc20;

    /// <summary>The token.</summary>
    public required Address Contract { get; init; }

    /// <summary>Who gets it.</summary>
    public required Address To { get; init; }

    /// <summary>How much, in the token's smallest unit.</summary>
    public required UInt256 Amount { get; init; }

    private protected override Failure? FaultOfMembers() => FaultOfAddresses(("contract", Contract), ("to", To));

    private protected override OperationCall Call(Address signer) =>
        new(Contract, TokenCalls.Transfer(To, Amount), Wei.Zero);
}

/// <summary>Moves an ERC-721 token from the wallet.</summary>
public sealed record TransferErc721Operation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.TransferErc721;

    /// <summary>The collection.</summary>
    public required Address Contract { get; init; }

    /// <summary>Who gets it.</summary>
    public required Address To { get; init; }

    /// <summary>The token.</summary>
    public required TokenId TokenId { get; init; }

    private protected override Failure? FaultOfMembers() => FaultOfAddresses(("contract", Contract), ("to", To));

    private protected override OperationCall Call(Address signer) =>
        new(Contract, TokenCalls.SafeTransferFrom(signer, To, TokenId), Wei.Zero);
}

/// <summary>Moves amounts of ERC-1155 tokens from the wallet; several in one batch.</summary>
public sealed record TransferErc1155Operation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.TransferErc1155;

    /// <summary>The collection.</summary>
    public required Address Contract { get; init; }

    /// <summary>Who gets them.</summary>
    public required Address To { get; init; }

    /// <summary>What is moved.</summary>
    public required ImmutableArray<TokenAmount> Items { get; init; }

    private protected override Failure? FaultOfMembers() =>
        FaultOfAddresses(("contract", Contract), ("to", To)) ?? OperationData.FaultOf(Items);

    private protected override OperationCall Call(Address signer) => new(
        Contract,
        Items is [TokenAmount one]
            ? TokenCalls.SafeTransferFrom(signer, To, one)
            : TokenCalls.SafeBatchTransferFrom(signer, To, Items),
        Wei.Zero);
}

/// <summary>Pays back, in native coin or an ERC-20 token; what it names is paid back once at most.</summary>
public sealed record RefundOperation : Operation
{
    /// <summary>The longest reference, in characters.</summary>
    public const int ReferenceLengthMax = 100;

    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.Refund;

    /// <summary>Who is paid back.</summary>
    public required Address To { get; init; }

    /// <summary>How much, in wei or in the token's smallest unit.</summary>
    public required UInt256 Amount { get; init; }

    /// <summary>The ERC-20 token; null for native coin.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Address? Contract { get; init; }

    /// <summary>The purchase that is paid back; null when a reference says what is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PurchaseId? PurchaseId { get; init; }

    /// <summary>What is paid back, in the operator's words; null when it is a purchase.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reference { get; init; }

    /// <inheritdoc/>
    public override string? RefundOf => PurchaseId is { } purchase ? $"purchase/{purchase}" : $"reference/{Reference}";

    private protected override Failure? FaultOfMembers()
    {
        if ((PurchaseId is null) == (Reference is null))
            return Refuse("reference", "A refund names either a purchase or a reference.");
        if (Reference is { Length: 0 or > ReferenceLengthMax } || Reference?.Any(char.IsControl) == true)
        {
            return Refuse(
                "reference", $"The reference has 1 to {ReferenceLengthMax} characters and no control characters.");
        }

        if (Amount.IsZero) return Refuse("amount", "A refund pays something.");
        return FaultOfAddresses(("to", To)) ?? (Contract is { } token ? FaultOfAddresses(("contract", token)) : null);
    }

    private protected override OperationCall Call(Address signer) => Contract is { } token
        ? new OperationCall(token, TokenCalls.Transfer(To, Amount), Wei.Zero)
        : new OperationCall(To, Array.Empty<byte>(), new Wei(Amount));
}

/// <summary>Lets somebody spend an amount of an ERC-20 token, or move one ERC-721 token.</summary>
public sealed record ApproveOperation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.Approve;

    /// <summary>The token or collection.</summary>
    public required Address Contract { get; init; }

    /// <summary>Who may; the zero address takes an ERC-721 approval back.</summary>
    public required Address Spender { get; init; }

    /// <summary>How much, in the token's smallest unit; null for an ERC-721 token.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UInt256? Amount { get; init; }

    /// <summary>The ERC-721 token; null for an amount.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TokenId? TokenId { get; init; }

    private protected override Failure? FaultOfMembers()
    {
        if ((Amount is null) == (TokenId is null))
            return Refuse("amount", "An approval names either an amount or a token.");
        return FaultOfAddresses(("contract", Contract));
    }

    private protected override OperationCall Call(Address signer) =>
        new(Contract, TokenCalls.Approve(Spender, TokenId ?? new TokenId(Amount!.Value)), Wei.Zero);
}

/// <summary>Lets somebody move every token that the wallet has of a contract, or no longer.</summary>
public sealed record ApproveAllOperation : Operation
{
    /// <inheritdoc/>
    public override OperationKind Kind => OperationKind.ApproveAll;

    /// <summary>The collection.</summary>
    public required Address Contract { get; init; }

    /// <summary>Who may.</summary>
    public required Address Operator { get; init; }

    /// <summary>Whether they may from now on.</summary>
    public required bool IsApproved { get; init; }

    private protected override Failure? FaultOfMembers() =>
        FaultOfAddresses(("contract", Contract), ("operator", Operator));

    private protected override OperationCall Call(Address signer) =>
        new(Contract, TokenCalls.SetApprovalForAll(Operator, IsApproved), Wei.Zero);
}

/// <summary>What several kinds of operation bound alike.</summary>
internal static class OperationData
{
    /// <summary>The most tokens in one batch: so many fit well into a block.</summary>
    internal const int ItemsMax = 200;

    internal static Failure Bad { get; } =
        new(FailureCode.InvalidRequest, $"The data is 0x text of at most {Operation.DataBytesMax} bytes.")
        {
            Field = "$.data",
        };

    internal static bool TryRead(string text, out byte[] data)
    {
        data = [];
        if (!Hex.TryDecode(text, out byte[]? read) || read.Length > Operation.DataBytesMax) return false;
        data = read;
        return true;
    }

    internal static Failure? FaultOf(ImmutableArray<TokenAmount> items) =>
        items.IsDefaultOrEmpty || items.Length > ItemsMax
            ? new Failure(FailureCode.InvalidRequest, $"A batch has 1 to {ItemsMax} items.") { Field = "$.items" }
            : null;
}
