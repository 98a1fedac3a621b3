using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>One argument as operators see it.</summary>
/// <param name="Name">What the contract calls it; null when its ABI names it not.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its value: numbers as decimal text, octets as 0x text, arrays and structs as arrays.</param>
internal sealed record ArgumentView(string? Name, string Type, JsonElement Value);

/// <summary>A call, or an error, as its contract's ABI reads it.</summary>
/// <param name="Contract">What the registered contract is called.</param>
/// <param name="Function">The function, such as <c>mint(address,uint256)</c>.</param>
/// <param name="Arguments">Its arguments, in order.</param>
internal sealed record CallView(string Contract, string Function, IReadOnlyList<ArgumentView> Arguments)
{
    /// <summary>The call as the contract registered there reads it; null when none is, or it has no such function.
    /// </summary>
    internal static async Task<CallView?> FindAsync(
        Transaction transaction,
        ChainId chain,
        Address? to,
        ReadOnlyMemory<byte> data,
        CancellationToken cancellationToken)
    {
        if (to is not { } address || data.Length < Selector.Length
            || await ContractTable.FindAsync(transaction, chain, address, cancellationToken) is not { } contract)
        {
            return null;
        }

        return ContractAbi.Parse(contract.Abi).DecodeCall(data) is { } decoded
            ? Of(contract.Name, decoded)
            : null;
    }

    internal static CallView Of(string contract, DecodedCall decoded) => new(
        contract,
        decoded.Function,
        [.. decoded.Arguments.Select(it => new ArgumentView(it.Name, it.Type.ToString(), Json(it.Value)))]);

    private static JsonElement Json(AbiValue value)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
            Write(writer, value);
        Utf8JsonReader reader = new(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    private static void Write(Utf8JsonWriter writer, AbiValue value)
    {
        switch (value)
        {
            case AbiValue.Bool it:
                writer.WriteBooleanValue(it.Value);
                break;
            case AbiValue.Addr it:
                writer.WriteStringValue(it.Value.ToString());
                break;
            case AbiValue.Uint it:
                writer.WriteStringValue(it.Value.ToString());
                break;
            case AbiValue.Int it:
                writer.WriteStringValue(it.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case AbiValue.Text it:
                writer.WriteStringValue(it.Value);
                break;
            case AbiValue.List or AbiValue.Tuple:
                writer.WriteStartArray();
                foreach (AbiValue item in value.AsItems())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Hex.Encode(value.AsBytes().Span));
                break;
        }
    }
}
