using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;

namespace Souk.Local.Servers;

/// <summary>A JSON-RPC connection of the supervisor or a test to its own node; functions have a client of
/// theirs.</summary>
/// <remarks>Retries nothing: a local node that does not answer is a broken node.</remarks>
public sealed class RpcConnection(Uri url) : IDisposable
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private long _lastId;

    /// <summary>The node's URL.</summary>
    public Uri Url => url;

    /// <summary>Calls one method and answers its result.</summary>
    /// <exception cref="RpcErrorException">The node answered with an error.</exception>
    public async Task<JsonElement> SendAsync(
        string method, JsonNode?[] parameters, CancellationToken cancellationToken)
    {
        JsonObject request = new()
        {
            ["jsonrpc"] = "2.0",
            ["id"] = Interlocked.Increment(ref _lastId),
            ["method"] = method,
            ["params"] = new JsonArray(parameters),
        };
        using StringContent content = new(request.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage response = await _http.PostAsync(url, content, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using JsonDocument answer = await JsonDocument.ParseAsync(body, default, cancellationToken);
        return answer.RootElement.TryGetProperty("error", out JsonElement error)
            ? throw RpcErrorException.Read(method, error)
            : answer.RootElement.GetProperty("result").Clone();
    }

    /// <summary>The newest block's number.</summary>
    public async Task<ulong> GetBlockNumberAsync(CancellationToken cancellationToken) =>
        ReadQuantity(await SendAsync("eth_blockNumber", [], cancellationToken));

    /// <summary>An account's balance at the newest block.</summary>
    public async Task<Wei> GetBalanceAsync(Address account, CancellationToken cancellationToken)
    {
        JsonElement balance = await SendAsync("eth_getBalance", [account.ToString(), "latest"], cancellationToken);
        return new Wei(UInt256.ParseHexQuantity(balance.GetString()));
    }

    /// <summary>How many transactions an account has had mined: its next nonce.</summary>
    public async Task<ulong> GetNonceAsync(Address account, CancellationToken cancellationToken) =>
        ReadQuantity(await SendAsync("eth_getTransactionCount", [account.ToString(), "pending"], cancellationToken));

    /// <summary>Reads from a contract at the newest block, without a transaction.</summary>
    /// <exception cref="RpcErrorException">It reverted: the error's data is the revert data.</exception>
    public async Task<byte[]> CallAsync(Address to, byte[] data, CancellationToken cancellationToken)
    {
        JsonObject call = new() { ["to"] = to.ToString(), ["data"] = Hex.Encode(data) };
        JsonElement result = await SendAsync("eth_call", [call, "latest"], cancellationToken);
        return Hex.Decode(result.GetString());
    }

    /// <summary>A mined transaction's receipt as the node tells it; null while it is not mined.</summary>
    public async Task<JsonElement?> FindReceiptAsync(TransactionHash hash, CancellationToken cancellationToken)
    {
        JsonElement receipt = await SendAsync("eth_getTransactionReceipt", [hash.ToString()], cancellationToken);
        return receipt.ValueKind == JsonValueKind.Null ? null : receipt;
    }

    /// <summary>Waits until a transaction is mined and answers its receipt.</summary>
    /// <remarks>A node may have a block before it has the receipts, even where it mines at once.</remarks>
    public async Task<JsonElement> WaitForReceiptAsync(TransactionHash hash, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindReceiptAsync(hash, cancellationToken) is { } receipt) return receipt;
            await Task.Delay(s_pollInterval, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Reads a quantity such as <c>0x1f</c>.</summary>
    public static ulong ReadQuantity(JsonElement quantity) =>
        ulong.Parse(quantity.GetString().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
