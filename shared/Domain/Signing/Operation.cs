using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Wire;

namespace Souk.Domain.Signing;

/// <summary>What a transaction is asked to do.</summary>
[JsonConverter(typeof(WireTextJsonConverter<OperationKind>))]
public enum OperationKind
{
    /// <summary>Calls a contract with call data as it is.</summary>
    Call,

    /// <summary>Pays native coin.</summary>
    Transfer,

    /// <summary>Creates a contract.</summary>
    Deploy,

    /// <summary>Mints a token.</summary>
    Mint,

    /// <summary>Mints amounts of several ERC-1155 tokens.</summary>
    MintBatch,

    /// <summary>Moves an amount of an ERC-20 token.</summary>
    TransferErc20,

    /// <summary>Moves an ERC-721 token.</summary>
    TransferErc721,

    /// <summary>Moves amounts of ERC-1155 tokens.</summary>
    TransferErc1155,

    /// <summary>Pays back, once.</summary>
    Refund,

    /// <summary>Lets somebody spend an amount of an ERC-20 token, or move one ERC-721 token.</summary>
    Approve,

    /// <summary>Lets somebody move every token of a contract, or no longer.</summary>
    ApproveAll,
}

/// <summary>What is done while the chain asks more for gas than may be paid.</summary>
[JsonConverter(typeof(WireTextJsonConverter<FeeChoice>))]
public enum FeeChoice
{
    /// <summary>The transaction waits, without a nonce, until fees fall.</summary>
    Wait,

    /// <summary>The transaction ends as refused.</summary>
    Fail,
}

/// <summary>What a chain is given: the meaning of every operation.</summary>
/// <param name="To">The contract called, or who is paid; null creates a contract.</param>
/// <param name="Data">The call data, or the creation code.</param>
/// <param name="Value">The native coin sent along.</param>
public sealed record OperationCall(Address? To, ReadOnlyMemory<byte> Data, Wei Value);

/// <summary>What somebody asks one of the platform's wallets to do.</summary>
/// <remarks>
/// Each kind is nothing but another way to write a call: policies judge the call that it comes to, so no kind of
/// operation can pass by a rule. In JSON the member <c>kind</c> tells them apart, wherever it stands.
/// </remarks>
[JsonConverter(typeof(OperationJsonConverter))]
public abstract record Operation
{
    /// <summary>The largest call data and creation code, in bytes; EIP-3860 allows no longer creation code.</summary>
    public const int DataBytesMax = 48 * 1024;

    private const int DescriptionLengthMax = 200;

    /// <summary>Which operation it is.</summary>
    public abstract OperationKind Kind { get; }

    /// <summary>The chain.</summary>
    public required ChainId ChainId { get; init; }

    /// <summary>Why, for people and for the signing provider's own log; 1 to 200 characters.</summary>
    public required string Description { get; init; }

    /// <summary>The name of the wallet that is to send it; null: the chain's first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Signer { get; init; }

    /// <summary>Whether it waits for fees to fall.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public FeeChoice WhenFeesExceed { get; init; }

    /// <summary>The most that a unit of gas may cost; null: the chain's own ceiling, which always holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Wei? FeePerGasWeiMax { get; init; }

    /// <summary>What it pays back, by a name that no other refund has; null unless it is one.</summary>
    [JsonIgnore]
    public virtual string? RefundOf => null;

    /// <summary>The first thing wrong with it, naming the field; null when nothing is.</summary>
    public Failure? Fault()
    {
        if (Description.Length is 0 or > DescriptionLengthMax || Description.Any(char.IsControl))
        {
            return Refuse(
                "description",
                $"The description has 1 to {DescriptionLengthMax} characters and no control characters.");
        }

        return FeePerGasWeiMax is { IsZero: true }
            ? Refuse("feePerGasWeiMax", "For nothing no block takes a transaction.")
            : FaultOfMembers();
    }

    /// <summary>The call that it comes to, or what is wrong with it.</summary>
    /// <param name="signer">The wallet that sends it: tokens are moved from there.</param>
    public Decision<OperationCall> Encode(Address signer) => Fault() is { } fault ? fault : Call(signer);

    /// <summary>The first thing wrong with what only this kind has.</summary>
    private protected abstract Failure? FaultOfMembers();

    /// <summary>The call of an operation without fault.</summary>
    private protected abstract OperationCall Call(Address signer);

    private protected static Failure Refuse(string member, string why) =>
        new(FailureCode.InvalidRequest, why) { Field = $"$.{member}" };

    /// <summary>The first of these addresses that is nobody's.</summary>
    private protected static Failure? FaultOfAddresses(params ReadOnlySpan<(string Member, Address Value)> addresses)
    {
        foreach ((string member, Address value) in addresses)
        {
            if (value.IsZero) return Refuse(member, "The zero address is nobody's.");
        }

        return null;
    }
}

/// <summary>Reads each kind of operation as its own type; one without a kind is a call.</summary>
/// <remarks>
/// Public, for a source-generated context in another assembly must be able to name it (SYSLIB1220). That context must
/// know every type of <see cref="TypeOf"/>.
/// </remarks>
public sealed class OperationJsonConverter : JsonConverter<Operation>
{
    /// <summary>The type that carries the members of a kind.</summary>
    public static Type TypeOf(OperationKind kind) => kind switch
    {
        OperationKind.Transfer => typeof(TransferOperation),
        OperationKind.Deploy => typeof(DeployOperation),
        OperationKind.Mint => typeof(MintOperation),
        OperationKind.MintBatch => typeof(MintBatchOperation),
        OperationKind.TransferErc20 => typeof(TransferErc20Operation),
        OperationKind.TransferErc721 => typeof(TransferErc721Operation),
        OperationKind.TransferErc1155 => typeof(TransferErc1155Operation),
        OperationKind.Refund => typeof(RefundOperation),
        OperationKind.Approve => typeof(ApproveOperation),
        OperationKind.ApproveAll => typeof(ApproveAllOperation),
        _ => typeof(CallOperation),
    };

    /// <inheritdoc/>
    /// <exception cref="JsonException">It is no operation; the path names the member.</exception>
    public override Operation? Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OperationKind kind = FindKind(reader);
        return (Operation?)JsonSerializer.Deserialize(ref reader, options.GetTypeInfo(TypeOf(kind)));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Operation value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(options);
        JsonSerializer.Serialize(writer, value, options.GetTypeInfo(TypeOf(value.Kind)));
    }

    /// <summary>Looks ahead on a copy of the reader, so that the kind may stand anywhere.</summary>
    private static OperationKind FindKind(Utf8JsonReader ahead)
    {
        if (ahead.TokenType != JsonTokenType.StartObject) throw new JsonException("An operation is an object.");
        OperationKind? found = null;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            bool isKind = ahead.ValueTextEquals("kind"u8);
            ahead.Read();
            if (isKind)
            {
                if (found is not null || ahead.TokenType != JsonTokenType.String
                    || !WireText.TryParse(StrictUtf8.ReadString(ref ahead), out OperationKind kind))
                {
                    throw new JsonException("There is no such kind of operation.", "$.kind", null, null);
                }

                found = kind;
            }
            else if (!ahead.TrySkip())
            {
                throw new JsonException("The operation is cut off.");
            }
        }

        return found ?? OperationKind.Call;
    }
}
