using System.Text.Json;
using Souk.Domain.Chain;

namespace Souk.Local.StandIns;

/// <summary>The stand-in refuses with a status of the vendor's.</summary>
internal sealed class MetaKeepRefusal(string status, int httpStatus = 400) : Exception(status)
{
    internal string Status { get; } = status;

    internal int HttpStatus { get; } = httpStatus;
}

/// <summary>Reads what the stand-in is asked to sign, and refuses what the vendor refuses.</summary>
internal static class MetaKeepRequests
{
    internal static string Email(JsonElement person)
    {
        string email = person.GetProperty("email").GetString() ?? "";
        return email.IndexOf('@', StringComparison.Ordinal) is var at && at > 0 && at < email.Length - 1
            ? email.ToLowerInvariant()
            : throw new MetaKeepRefusal("INVALID_EMAIL");
    }

    internal static string Message(JsonElement body)
    {
        RequireReason(body);
        return body.GetProperty("message").GetString() ?? throw new MetaKeepRefusal("INVALID_REQUEST");
    }

    internal static TypedData TypedData(JsonElement body)
    {
        RequireReason(body);
        return Souk.Domain.Chain.TypedData.FromJson(body.GetProperty("data"));
    }

    internal static Eip1559Transaction Transaction(JsonElement body, MetaKeepApp app)
    {
        string reason = RequireReason(body);
        if (app.Refuses?.Invoke(reason) == true) throw new MetaKeepRefusal("INVALID_REQUEST");
        if (app.Fails?.Invoke(reason) == true) throw new MetaKeepRefusal("SOMETHING_WENT_WRONG", 500);
        JsonElement asked = body.GetProperty("transactionObject");
        ulong chain = (ulong)Quantity(asked, "chainId");
        if (chain != app.ChainId.Value)
            throw new MetaKeepRefusal("UNSUPPORTED_OPERATION");
        if (Quantity(asked, "type") != (UInt256)2ul)
            throw new MetaKeepRefusal("UNSUPPORTED_OPERATION");
        if (asked.TryGetProperty("from", out JsonElement from)
            && Address.Parse(from.GetString()!) != app.Wallet.Address)
        {
            throw new MetaKeepRefusal("INVALID_REQUEST");
        }

        string to = asked.TryGetProperty("to", out JsonElement recipient) ? recipient.GetString() ?? "" : "";
        return new Eip1559Transaction(
            app.ChainId,
            (ulong)Quantity(asked, "nonce"),
            new Wei(Quantity(asked, "maxPriorityFeePerGas")),
            new Wei(Quantity(asked, "maxFeePerGas")),
            (ulong)Quantity(asked, "gas"),
            to.Length == 0 ? null : Address.Parse(to),
            new Wei(Quantity(asked, "value")),
            Hex.Decode(asked.GetProperty("data").GetString()));
    }

    /// <summary>Quantities come as 0x text or as numbers.</summary>
    private static UInt256 Quantity(JsonElement parent, string name)
    {
        JsonElement value = parent.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number
            ? value.GetUInt64()
            : UInt256.ParseHexQuantity(value.GetString());
    }

    private static string RequireReason(JsonElement body) =>
        body.TryGetProperty("reason", out JsonElement reason) && reason.GetString() is { Length: > 0 } text
            ? text
            : throw new MetaKeepRefusal("INVALID_REQUEST");
}
