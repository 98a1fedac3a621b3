namespace Souk.Local.Broker;

/// <summary>What the broker does to the next event of a type, as a real one may do to any.</summary>
internal sealed class DeliveryFaults
{
    private readonly Lock _gate = new();
    private readonly List<DeliveryFault> _script = [];

    /// <summary>Adds a fault to the end of the script.</summary>
    public void Add(DeliveryFault fault)
    {
        lock (_gate) _script.Add(fault);
    }

    /// <summary>Takes the first fault that waits for this event; null when none does.</summary>
    public DeliveryFault? Take(CloudEventMessage message)
    {
        lock (_gate)
        {
            DeliveryFault? fault = _script.Find(step => step.Type is null || step.Type == message.Type);
            if (fault is not null) _script.Remove(fault);
            return fault;
        }
    }
}

/// <summary>One scripted fault.</summary>
/// <param name="Type">The event type it waits for; null: any.</param>
/// <param name="Copies">How often each subscriber gets it: 0 loses it, 2 duplicates it.</param>
/// <param name="Delay">How long it is held back.</param>
internal sealed record DeliveryFault(string? Type, int Copies, TimeSpan Delay);
