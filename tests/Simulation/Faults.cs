using Souk.Local.StandIns;
using Souk.Local.Supervision;

namespace Souk.Simulation;

/// <summary>What breaks meanwhile: webhooks, broker, the chain's head, functions' processes, the node.</summary>
public sealed class Faults(LocalPlatform platform, Random random)
{
    private const int ReorgDepthMax = 3;
    private static readonly AlchemyDeliveryFault[] DeliveryFaults =
        [AlchemyDeliveryFault.Lose, AlchemyDeliveryFault.Duplicate, AlchemyDeliveryFault.Swap];

    /// <summary>Does one at random.</summary>
    /// <returns>What broke.</returns>
    public Task<string> DoAsync(CancellationToken cancellationToken) => random.Next(8) switch
    {
        0 or 1 => Task.FromResult(DisturbDelivery()),
        2 or 3 => Task.FromResult(DisturbBroker()),
        4 => ReorgAsync(cancellationToken),
        5 => KillAsync(cancellationToken),
        6 => Task.FromResult(DisturbNode()),
        _ => Task.FromResult(Tick()),
    };

    private string DisturbDelivery()
    {
        AlchemyDeliveryFault fault = DeliveryFaults[random.Next(DeliveryFaults.Length)];
        platform.World.Alchemy.NextDelivery(fault);
        return $"-- the next webhook: {fault}";
    }

    private string DisturbBroker()
    {
        bool isDrop = random.Next(2) == 0;
        if (isDrop)
            platform.World.Broker.DropNext();
        else
            platform.World.Broker.DuplicateNext();
        return isDrop ? "-- the broker drops an event" : "-- the broker delivers an event twice";
    }

    private async Task<string> ReorgAsync(CancellationToken cancellationToken)
    {
        int depth = random.Next(1, ReorgDepthMax + 1);
        await platform.World.Chains[0].Node.ReorgAsync(depth, cancellationToken);
        return $"-- {depth} blocks are replaced";
    }

    private async Task<string> KillAsync(CancellationToken cancellationToken)
    {
        string[] functions = [.. platform.Functions.Functions];
        string function = functions[random.Next(functions.Length)];
        await platform.Functions.KillAsync(function, cancellationToken);
        await platform.Functions.RestartAsync(function, cancellationToken);
        return $"-- {function} is killed";
    }

    private string DisturbNode()
    {
        platform.World.Alchemy.NextRpc("eth_getLogs", StandInFault.TimeOutBeforeEffect);
        return "-- the node drops a call";
    }

    private string Tick()
    {
        string job = random.Next(2) == 0 ? "reconcile" : "expire";
        platform.World.Schedules.Fire(job);
        return $"-- {job} fires";
    }
}
