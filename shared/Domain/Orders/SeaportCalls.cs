using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>The call data of Seaport 1.6, and the answers of its reads.</summary>
/// <remarks>
/// References: github.com/ProjectOpenSea/seaport 1.6, ConsiderationInterface.sol and ConsiderationStructs.sol;
/// Solidity contract ABI specification. A read's answer that does not decode is false: the address is not Seaport.
/// </remarks>
public static class SeaportCalls
{
    internal const uint FulfillAdvancedOrderSelector = 0xe7acab24;
    internal const uint CancelSelector = 0xfd9f1e10;
    internal const uint GetOrderStatusSelector = 0x46423aa7;
    internal const uint GetCounterSelector = 0xf07ec373;
    internal const uint GetOrderHashSelector = 0x79df72bd;
    internal const uint IncrementCounterSelector = 0x5b34b966;
    internal const uint GetConduitSelector = 0x6e9bfd9f;

    /// <summary><c>fulfillAdvancedOrder</c>, without criteria.</summary>
    /// <param name="order">The order, its signature and what its zone reads.</param>
    /// <param name="fulfillerConduitKey">The buyer's conduit; zero when paying in the native currency.</param>
    /// <param name="recipient">Who receives the token; zero for the caller.</param>
    public static byte[] FulfillAdvancedOrder(
        AdvancedOrder order, Bytes32 fulfillerConduitKey, Address recipient)
    {
        ArgumentNullException.ThrowIfNull(order);
        AbiPart advanced = AbiPart.Tuple(
            Parameters(order.Order, (ulong)order.Order.Consideration.Length),
            order.Numerator,
            order.Denominator,
            AbiPart.Octets(order.Signature.Span),
            AbiPart.Octets(order.ExtraData.Span));
        return AbiPart.Call(
            FulfillAdvancedOrderSelector, advanced, AbiPart.Array(), fulfillerConduitKey, recipient);
    }

    /// <summary><c>cancel</c>: only the offerer or the zone may send it.</summary>
    public static byte[] Cancel(params IReadOnlyList<OrderComponents> orders)
    {
        ArgumentNullException.ThrowIfNull(orders);
        AbiPart[] parts = [.. orders.Select(it => Parameters(it, it.Counter))];
        return AbiPart.Call(CancelSelector, AbiPart.Array(parts));
    }

    /// <summary><c>incrementCounter</c>: ends all open orders of the sender.</summary>
    public static byte[] IncrementCounter() => AbiPart.Call(IncrementCounterSelector);

    /// <summary><c>getOrderStatus</c>; read the answer with <see cref="TryReadOrderStatus"/>.</summary>
    public static byte[] GetOrderStatus(OrderHash order) => AbiPart.Call(GetOrderStatusSelector, order.Value);

    /// <summary>Reads the answer of <see cref="GetOrderStatus"/>.</summary>
    public static bool TryReadOrderStatus(ReadOnlySpan<byte> answer, out OrderChainStatus status)
    {
        var words = new AbiWords(answer);
        bool isStatus = words.TryBool(0, out bool isValidated) & words.TryBool(1, out bool isCancelled)
            & words.TryNumber(2, out UInt256 filled) & words.TryNumber(3, out UInt256 size);
        status = new OrderChainStatus(isValidated, isCancelled, filled, size);
        return isStatus;
    }

    /// <summary><c>getCounter</c>; read the answer with <see cref="TryReadNumber"/>.</summary>
    public static byte[] GetCounter(Address offerer) => AbiPart.Call(GetCounterSelector, offerer);

    /// <summary><c>getOrderHash</c>; read the answer with <see cref="TryReadOrderHash"/>.</summary>
    public static byte[] GetOrderHash(OrderComponents order) =>
        AbiPart.Call(GetOrderHashSelector, Parameters(order, order.Counter));

    /// <summary>Reads the answer of <see cref="GetOrderHash"/>.</summary>
    public static bool TryReadOrderHash(ReadOnlySpan<byte> answer, out OrderHash hash)
    {
        bool isHash = new AbiWords(answer).TryWord(0, out Bytes32 word);
        hash = new OrderHash(word);
        return isHash;
    }

    /// <summary>The conduit controller's <c>getConduit</c>; read with <see cref="TryReadConduit"/>.</summary>
    public static byte[] GetConduit(Bytes32 conduitKey) => AbiPart.Call(GetConduitSelector, conduitKey);

    /// <summary>
    /// Reads the answer of <see cref="GetConduit"/>: the conduit's address, and whether it is deployed.
    /// </summary>
    public static bool TryReadConduit(ReadOnlySpan<byte> answer, out Address conduit, out bool exists)
    {
        var words = new AbiWords(answer);
        return words.TryAddress(0, out conduit) & words.TryBool(1, out exists);
    }

    /// <summary>Reads an answer of one integer.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> answer, out UInt256 number) =>
        new AbiWords(answer).TryNumber(0, out number);

    /// <param name="order">The order.</param>
    /// <param name="last">The counter in OrderComponents, the number of consideration items in OrderParameters.</param>
    private static AbiPart Parameters(OrderComponents order, AbiPart last)
    {
        ArgumentNullException.ThrowIfNull(order);
        AbiPart[] offer = [.. order.Offer.Select(it => AbiPart.Tuple(
            (ulong)it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount, it.EndAmount))];
        AbiPart[] consideration = [.. order.Consideration.Select(it => AbiPart.Tuple(
            (ulong)it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount, it.EndAmount, it.Recipient))];
        return AbiPart.Tuple(
            order.Offerer,
            order.Zone,
            AbiPart.Array(offer),
            AbiPart.Array(consideration),
            (ulong)order.OrderType,
            order.StartTime,
            order.EndTime,
            order.ZoneHash,
            order.Salt,
            order.ConduitKey,
            last);
    }
}
