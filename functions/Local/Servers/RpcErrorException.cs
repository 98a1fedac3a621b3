using System.Text.Json;
using Souk.Domain.Chain;

namespace Souk.Local.Servers;

/// <summary>A node's error answer.</summary>
public sealed class RpcErrorException : Exception
{
    private RpcErrorException(int code, string message, byte[]? data)
        : base(message)
    {
        Code = code;
        Data = data;
    }

    /// <summary>The JSON-RPC error code: 3 for a reverted call.</summary>
    public int Code { get; }

    /// <summary>A reverted call's revert data: selector and arguments of a Solidity error.</summary>
    public new byte[]? Data { get; }

    internal static RpcErrorException Read(string method, JsonElement error)
    {
        bool hasData = error.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.String;
        byte[]? bytes = hasData && Hex.TryDecode(data.GetString(), out byte[]? decoded) ? decoded : null;
        string message = $"{method}: {error.GetProperty("message").GetString()}";
        return new RpcErrorException(error.GetProperty("code").GetInt32(), message, bytes);
    }
}
