using Souk.Local.Broker;
using Souk.Local.StandIns;
using Souk.Local.Supervision;

namespace Souk.Simulation;

/// <summary>What happens to every webhook and every event on their way, all the time.</summary>
/// <remarks>
/// Of the webhooks three in ten are lost and three in ten come twice; of the rest many come late or out of order. The
/// broker loses, repeats and delays too. While the webhooks are stopped none comes at all.
/// </remarks>
public sealed class Weather(LocalPlatform platform, int seed)
{
    private const int LostPercent = 30;
    private const int TwicePercent = 30;
    private const int SwappedPercent = 15;
    private const int LatePercent = 15;
    private const int BrokerFaultPercent = 10;
    private static readonly TimeSpan BrokerDelayMax = TimeSpan.FromMilliseconds(300);

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private int _stoppedSteps;

    /// <summary>How many webhooks met what, by the name of the fault.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Begins.</summary>
    public void Begin()
    {
        platform.World.Alchemy.SetDeliveryWeather(OnDelivery);
        platform.World.Broker.Weather = OnEvent;
    }

    /// <summary>Ends: from now on all pass.</summary>
    public void End()
    {
        platform.World.Alchemy.SetDeliveryWeather(null);
        platform.World.Broker.Weather = null;
    }

    /// <summary>For so many steps no webhook comes.</summary>
    public void Stop(int steps)
    {
        lock (_gate) _stoppedSteps = steps;
    }

    /// <summary>A step of the simulation is over.</summary>
    public void Pass()
    {
        lock (_gate) _stoppedSteps = Math.Max(0, _stoppedSteps - 1);
    }

    private AlchemyDeliveryFault? OnDelivery()
    {
        lock (_gate)
        {
            AlchemyDeliveryFault? fault = _stoppedSteps > 0 ? AlchemyDeliveryFault.Lose : Roll(_random.Next(100));
            Count(fault?.ToString() ?? "Passed");
            return fault;
        }
    }

    private static AlchemyDeliveryFault? Roll(int percent) => percent switch
    {
        < LostPercent => AlchemyDeliveryFault.Lose,
        < LostPercent + TwicePercent => AlchemyDeliveryFault.Duplicate,
        < LostPercent + TwicePercent + SwappedPercent => AlchemyDeliveryFault.Swap,
        < LostPercent + TwicePercent + SwappedPercent + LatePercent => AlchemyDeliveryFault.Delay,
        _ => null,
    };

    private DeliveryFault? OnEvent()
    {
        lock (_gate)
        {
            int percent = _random.Next(100);
            TimeSpan delay = BrokerDelayMax * _random.NextDouble();
            return percent switch
            {
                < BrokerFaultPercent => new DeliveryFault(null, Copies: 0, TimeSpan.Zero),
                < 2 * BrokerFaultPercent => new DeliveryFault(null, Copies: 2, TimeSpan.Zero),
                < 3 * BrokerFaultPercent => new DeliveryFault(null, Copies: 1, delay),
                _ => null,
            };
        }
    }

    private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;
}
