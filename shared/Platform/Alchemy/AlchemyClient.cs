using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.Alchemy;

/// <summary>Asks one chain's node, at Alchemy or any other place that speaks Ethereum's JSON-RPC.</summary>
/// <remarks>
/// Reads are tried again after transient answers; a broadcast is tried once and its doubt is told. The key goes in
/// the Authorization header, never in the address, where proxies and traces would keep it.
/// Source: ethereum/execution-apis; Alchemy "API keys in HTTP headers".
/// Every read throws <see cref="FailureException"/> with <c>upstream_unavailable</c> when the node does not answer
/// as it should.
/// </remarks>
public sealed class AlchemyClient : IDisposable
{
    private readonly Func<CancellationToken, ValueTask<string>> _key;
    private readonly OutboundHttp _reads;
    private readonly OutboundHttp _broadcasts;

    /// <summary>A client of <paramref name="chain"/>'s node.</summary>
    /// <param name="chain">Whose node, and where.</param>
    /// <param name="options">Time-outs and limits.</param>
    /// <param name="key">The node's key, read anew for each call so that a rotated one is used at once.</param>
    /// <param name="clock">What time-outs and retries go by.</param>
    public AlchemyClient(
        ChainSettings chain,
        AlchemyOptions options,
        Func<CancellationToken, ValueTask<string>> key,
        TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(options);
        Chain = chain;
        _key = key;
        OutboundHttpPolicy policy = new(
            $"{chain.Name} node",
            chain.RpcUrl,
            options.AttemptTimeout,
            options.TotalTimeout,
            options.RetriesMax,
            options.RetryDelay,
            options.ResponseBytesMax);
        _reads = new OutboundHttp(policy, clock);
        _broadcasts = new OutboundHttp(policy with { RetriesMax = 0 }, clock);
    }

    /// <summary>The chain that this client asks.</summary>
    public ChainSettings Chain { get; }

    /// <summary>The newest block's number.</summary>
    public async Task<long> GetBlockNumberAsync(CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAsync("eth_blockNumber", static _ => { }, cancellationToken);
        return answer.Read(static result => AlchemyMessages.Long(result.GetString()!));
    }

    /// <summary>A block's header; null when the node does not have the block.</summary>
    public async Task<BlockHeader?> GetBlockAsync(BlockReference block, CancellationToken cancellationToken)
    {
        using Answer answer = block.Hash is { } hash
            ? await ReadAsync(
                "eth_getBlockByHash",
                json =>
                {
                    json.WriteStringValue(hash.ToString());
                    json.WriteBooleanValue(false);
                },
                cancellationToken)
            : await ReadAsync(
                "eth_getBlockByNumber",
                json =>
                {
                    json.WriteBlock(block);
                    json.WriteBooleanValue(false);
                },
                cancellationToken);
        return answer.IsNull ? null : answer.Read(AlchemyMessages.Header);
    }

    /// <summary>The logs that match, in the chain's order.</summary>
    /// <exception cref="LogRangeRefusedException">The range is too long for this node; ask for less.</exception>
    /// <exception cref="BlockNotFoundException">The node does not know the filter's block.</exception>
    public async Task<IReadOnlyList<ChainLog>> GetLogsAsync(LogFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        using Answer answer = await ReadAsync("eth_getLogs", json => json.WriteFilter(filter), cancellationToken);
        return answer.Read(AlchemyMessages.Logs);
    }

    /// <summary>What a contract answers to <paramref name="data"/> in a block's state.</summary>
    /// <exception cref="CallRevertedException">The contract reverted.</exception>
    /// <exception cref="BlockNotFoundException">The node does not know the block.</exception>
    public Task<byte[]> CallAsync(
        Address to, ReadOnlyMemory<byte> data, BlockReference block, CancellationToken cancellationToken) =>
        CallAsync(new ChainCall(to, data), block, cancellationToken);

    /// <summary>What the simulated <paramref name="call"/> answers in a block's state.</summary>
    /// <exception cref="CallRevertedException">The call reverted.</exception>
    /// <exception cref="BlockNotFoundException">The node does not know the block.</exception>
    public async Task<byte[]> CallAsync(ChainCall call, BlockReference block, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAsync(
            "eth_call",
            json =>
            {
                json.WriteCall(call);
                json.WriteBlock(block);
            },
            cancellationToken);
        return answer.Read(static result => Hex.Decode(result.GetString()));
    }

    /// <summary>How many units of gas the call would need at the newest block.</summary>
    /// <exception cref="CallRevertedException">The call would revert.</exception>
    public async Task<long> EstimateGasAsync(ChainCall call, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAsync("eth_estimateGas", json => json.WriteCall(call), cancellationToken);
        return answer.Read(static result => AlchemyMessages.Long(result.GetString()!));
    }

    /// <summary>How many transactions the account has sent: its next nonce in that state.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="block">Latest for mined ones, pending to count the node's pool too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<long> GetTransactionCountAsync(
        Address account, BlockReference block, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAccountAsync("eth_getTransactionCount", account, block, cancellationToken);
        return answer.Read(static result => AlchemyMessages.Long(result.GetString()!));
    }

    /// <summary>The account's native coin.</summary>
    public async Task<Wei> GetBalanceAsync(Address account, BlockReference block, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAccountAsync("eth_getBalance", account, block, cancellationToken);
        return answer.Read(static result => new Wei(UInt256.ParseHexQuantity(result.GetString())));
    }

    /// <summary>The account's code; empty for one without.</summary>
    public async Task<byte[]> GetCodeAsync(Address account, BlockReference block, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAccountAsync("eth_getCode", account, block, cancellationToken);
        return answer.Read(static result => Hex.Decode(result.GetString()));
    }

    /// <summary>What the newest blocks charged.</summary>
    /// <param name="blockCount">How many blocks, up to 1024.</param>
    /// <param name="percentiles">Which tips to tell, each 0 to 100, ascending.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<FeeHistory> GetFeeHistoryAsync(
        int blockCount, IReadOnlyList<int> percentiles, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAsync(
            "eth_feeHistory",
            json =>
            {
                json.WriteStringValue(AlchemyMessages.Quantity(blockCount));
                json.WriteStringValue("latest"u8);
                json.WriteStartArray();
                foreach (int percentile in percentiles)
                    json.WriteNumberValue(percentile);
                json.WriteEndArray();
            },
            cancellationToken);
        return answer.Read(AlchemyMessages.Fees);
    }

    /// <summary>What became of a mined transaction; null while the node knows of no block that holds it.</summary>
    public async Task<TransactionReceipt?> GetReceiptAsync(
        TransactionHash transaction, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAsync(
            "eth_getTransactionReceipt", json => json.WriteStringValue(transaction.ToString()), cancellationToken);
        return answer.IsNull ? null : answer.Read(AlchemyMessages.Receipt);
    }

    /// <summary>The transaction, mined or waiting; null when the node does not know it.</summary>
    public async Task<ChainTransaction?> GetTransactionAsync(
        TransactionHash transaction, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAsync(
            "eth_getTransactionByHash", json => json.WriteStringValue(transaction.ToString()), cancellationToken);
        return answer.IsNull ? null : answer.Read(AlchemyMessages.Transaction);
    }

    /// <summary>Gives a signed transaction to the node, once.</summary>
    /// <remarks>
    /// A lost answer is <see cref="BroadcastOutcome.Unknown"/>, never an exception: the caller heals it by asking for
    /// the receipt and the account's nonce. Sending the same bytes again is always safe.
    /// </remarks>
    /// <exception cref="FailureException">There was no key (<c>upstream_unavailable</c>); nothing was sent.</exception>
    public async Task<BroadcastResult> SendRawTransactionAsync(
        ReadOnlyMemory<byte> signedTransaction, CancellationToken cancellationToken)
    {
        byte[] body = AlchemyMessages.Request(
            "eth_sendRawTransaction", json => json.WriteStringValue(Hex.Encode(signedTransaction.Span)));
        string key = await _key(cancellationToken);
        try
        {
            using HttpResponseMessage response =
                await _broadcasts.SendAsync(() => Message(body, key), cancellationToken);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            using JsonDocument? document = TryParse(bytes);
            RpcError? error = document is null ? null : AlchemyMessages.ErrorOf(document.RootElement);
            bool taken = response.StatusCode == HttpStatusCode.OK && error is null && document is not null
                && document.RootElement.TryGetProperty("result"u8, out JsonElement result)
                && result.ValueKind == JsonValueKind.String;
            return taken
                ? new BroadcastResult(BroadcastOutcome.Accepted)
                : AlchemyFailures.Broadcast(response.StatusCode, error);
        }
        catch (OutboundLostException)
        {
            return new BroadcastResult(BroadcastOutcome.Unknown, "no answer");
        }
        catch (FailureException exception)
        {
            // The breaker is open: the call never left.
            return new BroadcastResult(BroadcastOutcome.NotTaken, exception.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reads.Dispose();
        _broadcasts.Dispose();
    }

    private static HttpRequestMessage Message(byte[] body, string key)
    {
        HttpRequestMessage message = new(HttpMethod.Post, (Uri?)null) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return message;
    }

    private static JsonDocument? TryParse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Task<Answer> ReadAccountAsync(
        string method, Address account, BlockReference block, CancellationToken cancellationToken) =>
        ReadAsync(
            method,
            json =>
            {
                json.WriteStringValue(account.ToLowerHex());
                json.WriteBlock(block);
            },
            cancellationToken);

    private async Task<Answer> ReadAsync(
        string method, Action<Utf8JsonWriter> parameters, CancellationToken cancellationToken)
    {
        byte[] body = AlchemyMessages.Request(method, parameters);
        string key = await _key(cancellationToken);
        try
        {
            using HttpResponseMessage response = await _reads.SendAsync(() => Message(body, key), cancellationToken);
            JsonDocument? document = TryParse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            RpcError? error = document is null ? null : AlchemyMessages.ErrorOf(document.RootElement);
            if (response.StatusCode == HttpStatusCode.OK && error is null && document is not null
                && document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("result"u8, out JsonElement result))
            {
                return new Answer(method, document, result);
            }

            document?.Dispose();
            throw AlchemyFailures.Read(method, response.StatusCode, error);
        }
        catch (OutboundLostException exception)
        {
            throw AlchemyFailures.Unavailable(method, "no answer", exception);
        }
    }

    /// <summary>A read's result, with the buffer it lies in.</summary>
    private sealed class Answer(string method, JsonDocument document, JsonElement result) : IDisposable
    {
        internal bool IsNull => result.ValueKind == JsonValueKind.Null;

        internal T Read<T>(Func<JsonElement, T> shape)
        {
            try
            {
                return shape(result);
            }
            catch (Exception exception) when (exception is FormatException or InvalidOperationException
                or KeyNotFoundException or OverflowException or ArgumentException)
            {
                throw AlchemyFailures.Unavailable(method, "its answer has not the shape agreed", exception);
            }
        }

        public void Dispose() => document.Dispose();
    }
}
