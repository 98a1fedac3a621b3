using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Platform.MetaKeep;

/// <summary>The wire JSON of MetaKeep's app API; nothing else sees it. Unknown members are ignored.</summary>
internal static class MetaKeepMessages
{
    internal sealed record User(string Email)
    {
        /// <summary>Says that it is one, never whose.</summary>
        public override string ToString() => "[metakeep user]";
    }

    internal sealed record WalletRequest(User User);

    internal sealed record StatusRequest(string TransactionId);

    /// <summary>A call that a person's wallet is asked to consent to; arguments are texts, truths and lists.</summary>
    internal static byte[] ConsentRequest(string email, ContractCall call)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("lambda"u8, call.Contract.ToString());
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Function.Name);
            json.WriteStartArray("args"u8);
            foreach (AbiValue argument in call.Arguments)
                WriteArgument(json, argument);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("description"u8);
            json.WriteString("text"u8, call.Description);
            json.WriteEndObject();
            json.WriteStartObject("as"u8);
            json.WriteString("email"u8, email);
            json.WriteEndObject();
            if (!call.Value.IsZero)
                json.WriteString("pay"u8, InCoins(call.Value));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Wei as the whole coins that MetaKeep's <c>pay</c> takes, such as <c>0.3</c>; exact.</summary>
    internal static string InCoins(Wei amount)
    {
        const int Decimals = 18;
        string digits = amount.ToString().PadLeft(Decimals + 1, '0');
        string fraction = digits[^Decimals..].TrimEnd('0');
        return fraction.Length == 0 ? digits[..^Decimals] : $"{digits[..^Decimals]}.{fraction}";
    }

    private static void WriteArgument(Utf8JsonWriter json, AbiValue argument)
    {
        switch (argument)
        {
            case AbiValue.Bool it: json.WriteBooleanValue(it.Value); break;
            case AbiValue.List it: WriteArguments(json, it.Items); break;
            case AbiValue.Tuple it: WriteArguments(json, it.Items); break;
            case AbiValue.FixedBytes it: json.WriteStringValue(Hex.Encode(it.Value.Span)); break;
            case AbiValue.Bytes it: json.WriteStringValue(Hex.Encode(it.Value.Span)); break;
            case AbiValue.Text it: json.WriteStringValue(it.Value); break;
            case AbiValue.Addr it: json.WriteStringValue(it.Value.ToString()); break;
            case AbiValue.Uint it: json.WriteStringValue(it.Value.ToString()); break;
            case AbiValue.Int it: json.WriteStringValue(it.Value.ToString(CultureInfo.InvariantCulture)); break;
            default: throw new UnreachableException($"An argument of the kind {argument.GetType().Name}.");
        }
    }

    private static void WriteArguments(Utf8JsonWriter json, IReadOnlyList<AbiValue> items)
    {
        json.WriteStartArray();
        foreach (AbiValue item in items)
            WriteArgument(json, item);
        json.WriteEndArray();
    }

    /// <summary>A type 2 transaction as <c>eth_signTransaction</c> takes it, in 0x text.</summary>
    internal sealed record TransactionObject(
        string Type,
        string ChainId,
        string From,
        string? To,
        string Nonce,
        string Value,
        string Data,
        string Gas,
        string MaxFeePerGas,
        string MaxPriorityFeePerGas)
    {
        internal static TransactionObject Of(Eip1559Transaction transaction, Address signer) => new(
            "0x2",
            Quantity(transaction.ChainId.Value),
            signer.ToString(),
            transaction.To?.ToString(),
            Quantity(transaction.Nonce),
            transaction.Value.Value.ToHexQuantity(),
            Hex.Encode(transaction.Data.Span),
            Quantity(transaction.GasLimit),
            transaction.MaxFeePerGas.Value.ToHexQuantity(),
            transaction.MaxPriorityFeePerGas.Value.ToHexQuantity());

        private static string Quantity(ulong number) => ((UInt256)number).ToHexQuantity();
    }

    internal sealed record TransactionRequest(TransactionObject TransactionObject, string Reason);

    /// <summary>Typed data in the shape of <c>eth_signTypedData_v4</c>, and why it is signed.</summary>
    internal static byte[] TypedDataRequest(TypedData data, string reason)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("reason"u8, reason);
            json.WritePropertyName("data"u8);
            data.WriteTo(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    internal sealed record Wallet(string? EthAddress);

    /// <summary>Every answer: a status, and what the call was for. It prints no signature.</summary>
    internal sealed record Reply(
        string? Status,
        Wallet? Wallet,
        string? Signature,
        string? R,
        string? S,
        string? V,
        string? ConsentToken,
        string? TransactionHash)
    {
        /// <summary>The signature from r, s and v, or from the one text where those are absent.</summary>
        internal bool TryReadSignature(out Souk.Domain.Chain.Signature signature)
        {
            if (R is null || S is null || V is null)
            {
                signature = default;
                return Hex.TryDecode(Signature, out byte[]? bytes)
                    && Souk.Domain.Chain.Signature.TryParse(bytes, out signature);
            }

            string joined = Padded(R) + Padded(S) + Parity(V);
            signature = default;
            return Hex.TryDecode("0x" + joined, out byte[]? octets)
                && Souk.Domain.Chain.Signature.TryParse(octets, out signature);
        }

        public override string ToString() => $"[metakeep reply {Status}]";

        private static string Padded(string hex) => Digits(hex).PadLeft(64, '0');

        private static string Parity(string v) =>
            byte.TryParse(Digits(v), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
                ? value.ToString("x2", CultureInfo.InvariantCulture)
                : "";

        private static string Digits(string hex) =>
            hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex;
    }
}

/// <summary>The serializers of MetaKeep's messages.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MetaKeepMessages.WalletRequest))]
[JsonSerializable(typeof(MetaKeepMessages.TransactionRequest))]
[JsonSerializable(typeof(MetaKeepMessages.StatusRequest))]
[JsonSerializable(typeof(MetaKeepMessages.Reply))]
internal sealed partial class MetaKeepJson : JsonSerializerContext;
