using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.StandIns;
using Souk.Local.Supervision;

namespace Souk.Simulation;

/// <summary>
/// What breaks meanwhile, beside the weather: functions' processes, the node, the chain's head, hooks.
/// </summary>
public sealed class Faults(LocalPlatform platform, Weather weather, Random random)
{
    private const int ReorgDepthMax = 6;
    private const int LagBlocksMax = 3;
    private const int StoppedStepsMax = 15;
    private static readonly TimeSpan KillDelayMax = TimeSpan.FromMilliseconds(120);
    private static readonly string[] Jobs = ["reconcile", "reconcile", "relay", "expire", "sync-hooks"];
    private static readonly string[] Reads = ["eth_getLogs", "eth_getBlockByNumber", "eth_blockNumber", "eth_call"];

    private Task _killing = Task.CompletedTask;

    private WorldChain Chain => platform.World.Chains[0];

    private AlchemyStandIn Alchemy => platform.World.Alchemy;

    /// <summary>Does one at random.</summary>
    /// <returns>What broke.</returns>
    public async Task<string> DoAsync(CancellationToken cancellationToken) => random.Next(10) switch
    {
        < 3 => await KillAsync(cancellationToken),
        3 or 4 => await ReorgAsync(cancellationToken),
        5 => DisturbNode(),
        6 => await LagAsync(cancellationToken),
        7 => DisturbHooks(),
        _ => Tick(),
    };

    /// <summary>Ends what goes on: every function runs, the node is at its head.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _killing;
        Alchemy.CatchUp(Chain.Plan.Id);
        foreach (string function in platform.Functions.Functions)
            await platform.Functions.RestartAsync(function, cancellationToken);
    }

    /// <summary>Kills a function in the middle of whatever is done next.</summary>
    private async Task<string> KillAsync(CancellationToken cancellationToken)
    {
        await _killing;
        string[] functions = [.. platform.Functions.Functions, "marketplace", "webhooks", "jobs"];
        string function = functions[random.Next(functions.Length)];
        TimeSpan wait = KillDelayMax * random.NextDouble();
        _killing = KillLaterAsync(function, wait, cancellationToken);
        return string.Create(
            CultureInfo.InvariantCulture, $"-- {function} is killed in {wait.TotalMilliseconds:0} ms");
    }

    private async Task KillLaterAsync(string function, TimeSpan wait, CancellationToken cancellationToken)
    {
        await Task.Delay(wait, cancellationToken);
        await platform.Functions.KillAsync(function, cancellationToken);
        await platform.Functions.RestartAsync(function, cancellationToken);
    }

    /// <summary>Replaces blocks: their transactions are lost, or the first of them are mined again, together.</summary>
    private async Task<string> ReorgAsync(CancellationToken cancellationToken)
    {
        int depth = random.Next(1, ReorgDepthMax + 1);
        ulong head = await Chain.Node.Rpc.GetBlockNumberAsync(cancellationToken);
        List<string> orphaned = [];
        for (ulong number = head - (ulong)depth + 1; number <= head; number++)
            orphaned.AddRange(await ReadTransactionsAsync(number, cancellationToken));
        int kept = random.Next(2) == 0 ? 0 : random.Next(orphaned.Count + 1);
        JsonArray again = [.. orphaned.Take(kept).Select(raw => (JsonNode)new JsonArray(raw, 0))];
        try
        {
            await Chain.Node.Rpc.SendAsync("anvil_reorg", [depth, again], cancellationToken);
            return string.Create(
                CultureInfo.InvariantCulture, $"-- {depth} blocks are replaced, {kept} of {orphaned.Count} sent again");
        }
        catch (RpcErrorException)
        {
            // What had been valid one by one need not be so in one block.
            await Chain.Node.ReorgAsync(depth, cancellationToken);
            return string.Create(CultureInfo.InvariantCulture, $"-- {depth} blocks are replaced");
        }
    }

    private async Task<List<string>> ReadTransactionsAsync(ulong number, CancellationToken cancellationToken)
    {
        string quantity = $"0x{number.ToString("x", CultureInfo.InvariantCulture)}";
        JsonElement block = await Chain.Node.Rpc.SendAsync(
            "eth_getBlockByNumber", [quantity, false], cancellationToken);
        List<string> raws = [];
        foreach (JsonElement hash in block.GetProperty("transactions").EnumerateArray())
        {
            JsonElement raw = await Chain.Node.Rpc.SendAsync(
                "eth_getRawTransactionByHash", [hash.GetString()], cancellationToken);
            if (raw.GetString() is { } octets) raws.Add(octets);
        }

        return raws;
    }

    private string DisturbNode()
    {
        string method = Reads[random.Next(Reads.Length)];
        switch (random.Next(5))
        {
            case 0:
                Alchemy.NextRpc(method, StandInFault.TimeOutBeforeEffect);
                return $"-- the node drops an {method}";
            case 1:
                Alchemy.NextRpc(method, StandInFault.TimeOutAfterEffect);
                return $"-- the answer of an {method} is lost";
            case 2:
                Alchemy.NextRpc(method, -32000, "Unable to complete request at this time.", 503);
                return $"-- the node fails at an {method}";
            case 3:
                Alchemy.NextRpc(method, 429, "Your app has exceeded its compute units per second capacity.", 429);
                return $"-- the node has enough of {method}";
            default:
                Alchemy.NextRpc("eth_getLogs", -32602, "Log response size exceeded.");
                return "-- the logs are too many";
        }
    }

    /// <summary>Every second call meets a node that lags behind; a later one catches up.</summary>
    private async Task<string> LagAsync(CancellationToken cancellationToken)
    {
        if (random.Next(3) == 0)
        {
            Alchemy.CatchUp(Chain.Plan.Id);
            return "-- the nodes agree";
        }

        ulong head = await Chain.Node.Rpc.GetBlockNumberAsync(cancellationToken);
        int blocks = random.Next(1, LagBlocksMax + 1);
        Alchemy.LagBehind(Chain.Plan.Id, head - (ulong)blocks, everyNth: 2);
        return string.Create(CultureInfo.InvariantCulture, $"-- a node stands still {blocks} blocks behind");
    }

    private string DisturbHooks()
    {
        if (random.Next(2) == 0)
        {
            int steps = random.Next(1, StoppedStepsMax);
            weather.Stop(steps);
            return string.Create(CultureInfo.InvariantCulture, $"-- no webhook for {steps} steps");
        }

        AlchemyWebhook hook = Alchemy.Webhooks[random.Next(Alchemy.Webhooks.Count)];
        hook.IsActive = false;
        return $"-- the provider pauses {hook}";
    }

    private string Tick()
    {
        string job = Jobs[random.Next(Jobs.Length)];
        platform.World.Schedules.Fire(job);
        return $"-- {job} fires";
    }
}
