using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>What the offerer of a Seaport order signs. Equal when every field and item is.</summary>
/// <remarks>
/// Source: github.com/ProjectOpenSea/seaport 1.6, OrderComponents. The call data carries the same fields but the
/// counter, in whose place stands the number of consideration items (<see cref="SeaportCalls"/>).
/// JSON: as wallets and OpenSea write it, integers as decimal strings (<see cref="OrderJson"/>).
/// </remarks>
[JsonConverter(typeof(OrderComponentsJsonConverter))]
public sealed record OrderComponents
{
    /// <summary>Whose order it is: the signer and the owner of what is offered.</summary>
    public required Address Offerer { get; init; }

    /// <summary>Who lets fills of a restricted order pass, and may cancel; zero for open orders.</summary>
    public required Address Zone { get; init; }

    /// <summary>What leaves the offerer.</summary>
    public required ImmutableArray<OfferItem> Offer { get; init; }

    /// <summary>What must be received, in order: the seller's proceeds first, then fees.</summary>
    public required ImmutableArray<ConsiderationItem> Consideration { get; init; }

    /// <summary>Who may fill, and in parts or not.</summary>
    public required OrderType OrderType { get; init; }

    /// <summary>UNIX seconds from which it can be filled, by block time; inclusive.</summary>
    public required UInt256 StartTime { get; init; }

    /// <summary>UNIX seconds until which it can be filled, by block time; exclusive.</summary>
    public required UInt256 EndTime { get; init; }

    /// <summary>What the zone is told; zero here.</summary>
    public required Bytes32 ZoneHash { get; init; }

    /// <summary>Tells equal orders apart.</summary>
    public required UInt256 Salt { get; init; }

    /// <summary>Names the conduit that the offerer approved; zero is Seaport itself.</summary>
    public required Bytes32 ConduitKey { get; init; }

    /// <summary>The offerer's counter at signing; raising it on chain ends all their orders.</summary>
    public required UInt256 Counter { get; init; }

    /// <summary>The order's name: EIP-712 hashStruct of the components, which no domain enters.</summary>
    public OrderHash Hash() => OrderHashing.Hash(this);

    /// <inheritdoc/>
    public bool Equals(OrderComponents? other) =>
        other is not null
        && Offerer == other.Offerer
        && Zone == other.Zone
        && OrderType == other.OrderType
        && StartTime == other.StartTime
        && EndTime == other.EndTime
        && ZoneHash == other.ZoneHash
        && Salt == other.Salt
        && ConduitKey == other.ConduitKey
        && Counter == other.Counter
        && Offer.AsSpan().SequenceEqual(other.Offer.AsSpan())
        && Consideration.AsSpan().SequenceEqual(other.Consideration.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Offerer, Salt, StartTime, EndTime, Counter);
}
