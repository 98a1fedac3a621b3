using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Local.Servers;

namespace Souk.Local.StandIns;

/// <summary>Follows one node and tells each block that becomes canonical once, in the chain's order.</summary>
/// <remarks>After a reorg the new blocks of the same heights are told, as Alchemy runs its filters again on them. It
/// goes by the real clock, as the node does.</remarks>
internal sealed class AlchemyBlockWatcher(Uri nodeUrl, TimeSpan pollInterval, Action<AlchemyBlock> onBlock)
    : IAsyncDisposable
{
    /// <summary>Blocks remembered: more than any reorg goes back.</summary>
    private const int KnownMax = 1_024;

    private readonly RpcConnection _node = new(nodeUrl);
    private readonly CancellationTokenSource _stop = new();
    private readonly SortedDictionary<ulong, string> _known = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Starts after the newest block of now: nothing that is mined later is missed.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        JsonElement latest = await ReadAsync("latest", cancellationToken);
        _known[RpcConnection.ReadQuantity(latest.GetProperty("number"))] = latest.GetProperty("hash").GetString()!;
        _running = RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _node.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(pollInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await FollowAsync(cancellationToken);
                }
                catch (Exception exception) when (exception is HttpRequestException or RpcErrorException
                    or InvalidOperationException or KeyNotFoundException)
                {
                    // The node is down, or a block went away while it was read: the next tick sees what is true then.
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        Stack<JsonElement> news = [];
        JsonElement block = await ReadAsync("latest", cancellationToken);
        while (!IsKnown(block))
        {
            news.Push(block);
            ulong number = RpcConnection.ReadQuantity(block.GetProperty("number"));
            if (number == 0) break;
            block = await ReadAsync(Quantity(number - 1), cancellationToken);
        }

        foreach (JsonElement next in news)
        {
            AlchemyBlock told = await WithLogsAsync(next, cancellationToken);
            onBlock(told);
            _known[told.Number] = told.Hash;
            while (_known.Count > KnownMax) _known.Remove(_known.Keys.First());
        }
    }

    private bool IsKnown(JsonElement block)
    {
        ulong number = RpcConnection.ReadQuantity(block.GetProperty("number"));
        return _known.TryGetValue(number, out string? hash) && hash == block.GetProperty("hash").GetString();
    }

    private async Task<AlchemyBlock> WithLogsAsync(JsonElement block, CancellationToken cancellationToken)
    {
        string hash = block.GetProperty("hash").GetString()!;
        JsonObject filter = new() { ["blockHash"] = hash };
        JsonElement logs = await _node.SendAsync("eth_getLogs", [filter], cancellationToken);
        return new AlchemyBlock(
            RpcConnection.ReadQuantity(block.GetProperty("number")),
            hash,
            block.GetProperty("timestamp").GetString()!,
            [.. block.GetProperty("transactions").EnumerateArray()],
            [.. logs.EnumerateArray()]);
    }

    private Task<JsonElement> ReadAsync(string block, CancellationToken cancellationToken) =>
        _node.SendAsync("eth_getBlockByNumber", [block, true], cancellationToken);

    private static string Quantity(ulong number) => $"0x{number.ToString("x", CultureInfo.InvariantCulture)}";
}
