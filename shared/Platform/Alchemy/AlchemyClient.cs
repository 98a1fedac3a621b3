using System.Net;
using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Randomness;

namespace Souk.Platform.Alchemy;

/// <summary>Asks one chain's nodes, at Alchemy or any other place that speaks Ethereum's JSON-RPC.</summary>
/// <remarks>
/// Reads are tried again after transient answers; a broadcast is tried once and its doubt is told. The key goes in
/// the Authorization header, never in the address, where proxies and traces would keep it.
/// Source: ethereum/execution-apis; Alchemy "API keys in HTTP headers".
/// Every read throws <see cref="FailureException"/> with <c>upstream_unavailable</c> when the node does not answer
/// as it should.
/// </remarks>
public sealed class AlchemyClient : IDisposable
{
    private readonly AlchemyNodes _nodes;
    private readonly AlchemyBatch _batch;

    /// <summary>A client of <paramref name="chain"/>'s node.</summary>
    /// <param name="chain">Whose node, and where.</param>
    /// <param name="options">Time-outs and limits.</param>
    /// <param name="key">
    /// The key that goes by a secret's name, read anew for each call so that a rotated one is used at once.
    /// </param>
    /// <param name="clock">What time-outs and retries go by.</param>
    /// <param name="entropy">Where the jitter of waits comes from.</param>
    public AlchemyClient(
        ChainSettings chain,
        AlchemyOptions options,
        Func<string, CancellationToken, ValueTask<string>> key,
        TimeProvider clock,
        EntropySource entropy)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(options);
        Chain = chain;
        _nodes = new AlchemyNodes(chain, options, key, clock, entropy);
        _batch = new AlchemyBatch(_nodes, options);
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
        RpcCall call = AlchemyMessages.GetBlock(block);
        using Answer answer = await ReadAsync(call.Method, call.Parameters, cancellationToken);
        return answer.IsNull ? null : answer.Read(AlchemyMessages.Header);
    }

    /// <summary>Several blocks' headers, read in batches, in the order asked.</summary>
    /// <returns>
    /// Null for a block that the node does not have, and for a tag (safe, finalized) that its chain lacks.
    /// </returns>
    public async Task<IReadOnlyList<BlockHeader?>> GetBlocksAsync(
        IReadOnlyList<BlockReference> blocks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        return await _batch.SendAsync(
            [.. blocks.Select(AlchemyMessages.GetBlock)], AlchemyMessages.Header, cancellationToken);
    }

    /// <summary>The transactions of the canonical block of a number, in order; null when the node does not have it.
    /// </summary>
    public async Task<IReadOnlyList<ChainTransaction>?> GetBlockTransactionsAsync(
        long number, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAsync(
            "eth_getBlockByNumber",
            json =>
            {
                json.WriteBlock(BlockReference.At(number));
                json.WriteBooleanValue(true);
            },
            cancellationToken);
        return answer.IsNull ? null : answer.Read(AlchemyMessages.Transactions);
    }

    /// <summary>The logs that match, in the chain's order.</summary>
    /// <exception cref="LogRangeRefusedException">The range is too long for this node; ask for less.</exception>
    /// <exception cref="BlockNotFoundException">The node does not know the filter's block.</exception>
    public async Task<IReadOnlyList<ChainLog>> GetLogsAsync(LogFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        try
        {
            using Answer answer = await ReadAsync("eth_getLogs", json => json.WriteFilter(filter), cancellationToken);
            return answer.Read(AlchemyMessages.Logs);
        }
        catch (FailureException exception)
            when (exception.InnerException is OutboundLostException lost && (lost.IsTimeout || lost.IsTooLarge))
        {
            throw new LogRangeRefusedException(
                lost.IsTooLarge ? LogRangeRefusal.TooManyLogs : LogRangeRefusal.TooSlow, blocks: null, exception);
        }
    }

    /// <summary>The logs that match each filter, read in batches, in the order asked.</summary>
    /// <remarks>Meant for filters that name one block by its hash: such an answer is of that block or an
    /// error.</remarks>
    /// <exception cref="BlockNotFoundException">The node does not know a filter's block.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<ChainLog>>> GetLogsAsync(
        IReadOnlyList<LogFilter> filters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filters);
        IReadOnlyList<ChainLog>?[] logs = await _batch.SendAsync(
            [.. filters.Select(filter => new RpcCall("eth_getLogs", json => json.WriteFilter(filter)))],
            AlchemyMessages.Logs,
            cancellationToken);
        return [.. logs.Select(found => found ?? throw new BlockNotFoundException())];
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

    /// <summary>What became of transactions, read in batches, in the order asked; null as for one.</summary>
    public async Task<IReadOnlyList<TransactionReceipt?>> GetReceiptsAsync(
        IReadOnlyList<TransactionHash> transactions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        return await _batch.SendAsync(
            [
                .. transactions.Select(hash => new RpcCall(
                    "eth_getTransactionReceipt", json => json.WriteStringValue(hash.ToString()))),
            ],
            AlchemyMessages.Receipt,
            cancellationToken);
    }

    /// <summary>The transaction, mined or waiting; null when the node does not know it.</summary>
    public async Task<ChainTransaction?> GetTransactionAsync(
        TransactionHash transaction, CancellationToken cancellationToken)
    {
        using Answer answer = await ReadAsync(
            "eth_getTransactionByHash", json => json.WriteStringValue(transaction.ToString()), cancellationToken);
        return answer.IsNull ? null : answer.Read(AlchemyMessages.Transaction);
    }

    /// <summary>Gives a signed transaction to the chain's nodes, until one has it.</summary>
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
        return await _nodes.BroadcastAsync(body, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _nodes.Dispose();

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
        try
        {
            RpcReply reply = await _nodes.ReadAsync(method, body, _nodes.Begin(), cancellationToken);
            if (reply.Status == HttpStatusCode.OK && reply.Error is null
                && reply.Document?.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("result"u8, out JsonElement result))
            {
                return new Answer(method, reply, result);
            }

            using (reply)
                throw AlchemyFailures.Read(method, reply.Status, reply.Error);
        }
        catch (OutboundLostException exception)
        {
            throw AlchemyFailures.Unavailable(method, "no answer", exception);
        }
    }

    /// <summary>A read's result, with the buffer it lies in.</summary>
    private sealed class Answer(string method, RpcReply reply, JsonElement result) : IDisposable
    {
        internal bool IsNull => result.ValueKind == JsonValueKind.Null;

        internal T Read<T>(Func<JsonElement, T> shape) => AlchemyMessages.Shape(method, result, shape);

        public void Dispose() => reply.Dispose();
    }
}
