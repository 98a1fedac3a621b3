using System.Collections.Immutable;
using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>What a fill took from the offerer.</summary>
/// <param name="ItemType">What it is; criteria are resolved.</param>
/// <param name="Token">The contract.</param>
/// <param name="Identifier">The token's number.</param>
/// <param name="Amount">Units moved.</param>
public sealed record SpentItem(ItemType ItemType, Address Token, UInt256 Identifier, UInt256 Amount);

/// <summary>What a fill gave to a recipient.</summary>
/// <param name="ItemType">What it is.</param>
/// <param name="Token">The contract; zero for the native currency.</param>
/// <param name="Identifier">The token's number.</param>
/// <param name="Amount">Units moved, in wei for the native currency.</param>
/// <param name="Recipient">Who received it.</param>
public sealed record ReceivedItem(
    ItemType ItemType, Address Token, UInt256 Identifier, UInt256 Amount, Address Recipient);

/// <summary>A log of Seaport's that matters here.</summary>
public abstract record SeaportEvent;

/// <summary>An order was filled, whole or in part; the amounts are those of this fill.</summary>
/// <param name="OrderHash">The order.</param>
/// <param name="Offerer">Whose order.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="Recipient">Who received the offer; zero when the order was matched with others.</param>
/// <param name="Offer">What left the offerer.</param>
/// <param name="Consideration">What was received, in the order's own order; the buyer's tips after.</param>
public sealed record OrderFulfilled(
    OrderHash OrderHash,
    Address Offerer,
    Address Zone,
    Address Recipient,
    ImmutableArray<SpentItem> Offer,
    ImmutableArray<ReceivedItem> Consideration) : SeaportEvent;

/// <summary>An order can never be filled any more.</summary>
public sealed record OrderCancelled(OrderHash OrderHash, Address Offerer, Address Zone) : SeaportEvent;

/// <summary>An offerer put an order on chain: it needs no signature from now on.</summary>
public sealed record OrderValidated(OrderHash OrderHash) : SeaportEvent;

/// <summary>Orders that were filled against each other in one call.</summary>
public sealed record OrdersMatched(ImmutableArray<OrderHash> OrderHashes) : SeaportEvent;

/// <summary>All orders of the offerer with an older counter are void. Counters do not count up by one.</summary>
public sealed record CounterIncremented(UInt256 NewCounter, Address Offerer) : SeaportEvent;

/// <summary>The logs of Seaport 1.6.</summary>
/// <remarks>
/// Source: github.com/ProjectOpenSea/seaport 1.6, ConsiderationEventsAndErrors.sol. Look only at logs of the
/// chain's own Seaport: any contract can write a log of this shape.
/// </remarks>
public static class SeaportEvents
{
    /// <summary>topic0 of <see cref="OrderFulfilled"/>. Its order hash is not indexed.</summary>
    public static Bytes32 OrderFulfilledTopic { get; } = Keccak256.HashText(
        "OrderFulfilled(bytes32,address,address,address,(uint8,address,uint256,uint256)[],"
        + "(uint8,address,uint256,uint256,address)[])");

    /// <summary>topic0 of <see cref="OrderCancelled"/>.</summary>
    public static Bytes32 OrderCancelledTopic { get; } = Keccak256.HashText("OrderCancelled(bytes32,address,address)");

    /// <summary>topic0 of <see cref="OrderValidated"/>.</summary>
    public static Bytes32 OrderValidatedTopic { get; } = Keccak256.HashText(
        "OrderValidated(bytes32,(address,address,(uint8,address,uint256,uint256,uint256)[],"
        + "(uint8,address,uint256,uint256,uint256,address)[],uint8,uint256,uint256,bytes32,uint256,bytes32,uint256))");

    /// <summary>topic0 of <see cref="OrdersMatched"/>.</summary>
    public static Bytes32 OrdersMatchedTopic { get; } = Keccak256.HashText("OrdersMatched(bytes32[])");

    /// <summary>topic0 of <see cref="CounterIncremented"/>.</summary>
    public static Bytes32 CounterIncrementedTopic { get; } =
        Keccak256.HashText("CounterIncremented(uint256,address)");

    /// <summary>All five, for the filter of a log query.</summary>
    public static ImmutableArray<Bytes32> Topics { get; } =
    [
        OrderFulfilledTopic, OrderCancelledTopic, OrderValidatedTopic, OrdersMatchedTopic, CounterIncrementedTopic,
    ];

    /// <summary>Reads a log; null for one that is none of these or is malformed.</summary>
    /// <param name="topics">The log's topics, topic0 first.</param>
    /// <param name="data">The log's data.</param>
    public static SeaportEvent? Read(IReadOnlyList<Bytes32> topics, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(topics);
        if (topics.Count == 0) return null;

        Bytes32 topic = topics[0];
        var words = new AbiWords(data);
        if (topic == OrderFulfilledTopic) return ReadFulfilled(topics, words);
        if (topic == OrderCancelledTopic) return ReadCancelled(topics, words);
        if (topic == OrderValidatedTopic)
            return words.TryWord(0, out Bytes32 hash) ? new OrderValidated(new OrderHash(hash)) : null;
        if (topic == OrdersMatchedTopic) return ReadMatched(words);
        return topic == CounterIncrementedTopic ? ReadCounter(topics, words) : null;
    }

    private static OrderFulfilled? ReadFulfilled(IReadOnlyList<Bytes32> topics, AbiWords words)
    {
        if (topics.Count != 3
            || !AbiWords.TryAddress(topics[1], out Address offerer)
            || !AbiWords.TryAddress(topics[2], out Address zone)
            || !words.TryWord(0, out Bytes32 hash)
            || !words.TryAddress(1, out Address recipient)
            || !words.TryArray(2, 4, out AbiWords spent, out int spentCount)
            || !words.TryArray(3, 5, out AbiWords received, out int receivedCount))
        {
            return null;
        }

        ImmutableArray<SpentItem>.Builder offer = ImmutableArray.CreateBuilder<SpentItem>(spentCount);
        for (int i = 0; i < spentCount; i++)
        {
            if (!TryItem(spent, i * 4, out SpentItem item)) return null;
            offer.Add(item);
        }

        ImmutableArray<ReceivedItem>.Builder consideration =
            ImmutableArray.CreateBuilder<ReceivedItem>(receivedCount);
        for (int i = 0; i < receivedCount; i++)
        {
            if (!TryItem(received, i * 5, out SpentItem item)) return null;
            if (!received.TryAddress((i * 5) + 4, out Address to)) return null;
            consideration.Add(new ReceivedItem(item.ItemType, item.Token, item.Identifier, item.Amount, to));
        }

        return new OrderFulfilled(
            new OrderHash(hash),
            offerer,
            zone,
            recipient,
            offer.DrainToImmutable(),
            consideration.DrainToImmutable());
    }

    private static bool TryItem(AbiWords words, int at, out SpentItem item)
    {
        bool isItem = words.TrySmall(at, (int)ItemType.Erc1155WithCriteria, out int type)
            & words.TryAddress(at + 1, out Address token)
            & words.TryNumber(at + 2, out UInt256 identifier)
            & words.TryNumber(at + 3, out UInt256 amount);
        item = new SpentItem((ItemType)type, token, identifier, amount);
        return isItem;
    }

    private static OrderCancelled? ReadCancelled(IReadOnlyList<Bytes32> topics, AbiWords words) =>
        topics.Count == 3
        && AbiWords.TryAddress(topics[1], out Address offerer)
        && AbiWords.TryAddress(topics[2], out Address zone)
        && words.TryWord(0, out Bytes32 hash)
            ? new OrderCancelled(new OrderHash(hash), offerer, zone)
            : null;

    private static OrdersMatched? ReadMatched(AbiWords words)
    {
        if (!words.TryArray(0, 1, out AbiWords elements, out int count)) return null;

        ImmutableArray<OrderHash>.Builder hashes = ImmutableArray.CreateBuilder<OrderHash>(count);
        for (int i = 0; i < count; i++)
        {
            if (!elements.TryWord(i, out Bytes32 hash)) return null;
            hashes.Add(new OrderHash(hash));
        }

        return new OrdersMatched(hashes.DrainToImmutable());
    }

    private static CounterIncremented? ReadCounter(IReadOnlyList<Bytes32> topics, AbiWords words) =>
        topics.Count == 2
        && AbiWords.TryAddress(topics[1], out Address offerer)
        && words.TryNumber(0, out UInt256 counter)
            ? new CounterIncremented(counter, offerer)
            : null;
}
