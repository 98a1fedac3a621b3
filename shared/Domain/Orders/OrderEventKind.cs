using System.Text.Json.Serialization;
using Souk.Domain.Wire;

namespace Souk.Domain.Orders;

/// <summary>What a log of Seaport's says of an order.</summary>
[JsonConverter(typeof(WireTextJsonConverter<OrderEventKind>))]
public enum OrderEventKind
{
    /// <summary>It was filled.</summary>
    Filled,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>Its offerer's counter was raised above its own, which ends it.</summary>
    CounterRaised,

    /// <summary>Its offerer put it on chain: it needs no signature from now on.</summary>
    Validated,

    /// <summary>It was filled against other orders in one call; its fill is a log of its own.</summary>
    Matched,
}
