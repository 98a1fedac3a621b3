using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;

namespace Souk.Marketplace.Tests;

/// <summary>Logs that no node wrote, in blocks far above any: what they say is up to the test.</summary>
internal sealed class MadeLogs(Address seaport)
{
    /// <summary>Below the first block of these logs.</summary>
    internal const long Base = 1_000_000;

    private readonly List<TimedLog> _logs = [];
    private long _block = Base;
    private int _index;
    private int _transaction;

    internal IReadOnlyList<TimedLog> All => _logs;

    internal long LastBlock => _block;

    /// <summary>What follows is in a new block.</summary>
    internal MadeLogs NextBlock()
    {
        _block++;
        _index = 0;
        return NextTransaction();
    }

    /// <summary>What follows is of another transaction.</summary>
    internal MadeLogs NextTransaction()
    {
        _transaction++;
        return this;
    }

    internal MadeLogs Transfer(Address contract, Address from, Address to, TokenId token) =>
        Add(contract, [TokenEvents.TransferTopic, Word(from), Word(to), token.Value.ToBytes32()], []);

    internal MadeLogs Units(Address contract, Address from, Address to, TokenId token, UInt256 quantity) => Add(
        contract,
        [TokenEvents.TransferSingleTopic, Word(from), Word(from), Word(to)],
        Words(token.Value, quantity));

    internal MadeLogs Batch(
        Address contract, Address from, Address to, AbiValue[] tokens, AbiValue[] quantities) => Add(
            contract,
            [TokenEvents.TransferBatchTopic, Word(from), Word(from), Word(to)],
            AbiCodec.Encode(
                [AbiType.Parse("uint256[]"), AbiType.Parse("uint256[]")],
                [AbiValue.ListOf(tokens), AbiValue.ListOf(quantities)]));

    internal MadeLogs ApproveAll(Address contract, Address owner, Address mover, bool isApproved) => Add(
        contract,
        [TokenEvents.ApprovalForAllTopic, Word(owner), Word(mover)],
        Words(isApproved ? UInt256.One : UInt256.Zero));

    internal MadeLogs ApproveOne(Address contract, Address owner, Address mover, TokenId token) => Add(
        contract, [TokenEvents.ApprovalTopic, Word(owner), Word(mover), token.Value.ToBytes32()], []);

    internal MadeLogs Pay(Address currency, Address from, Address to, UInt256 amount) =>
        Add(currency, [TokenEvents.TransferTopic, Word(from), Word(to)], Words(amount));

    internal MadeLogs Deposit(Address currency, Address to, UInt256 amount) =>
        Add(currency, [CurrencyEvents.DepositTopic, Word(to)], Words(amount));

    internal MadeLogs Lend(Address currency, Address owner, Address spender, UInt256 amount) =>
        Add(currency, [TokenEvents.ApprovalTopic, Word(owner), Word(spender)], Words(amount));

    internal MadeLogs Cancel(OrderHash order, Address offerer) => Add(
        seaport, [SeaportEvents.OrderCancelledTopic, Word(offerer), Word(Address.Zero)], order.Value.ToArray());

    internal MadeLogs RaiseCounter(Address offerer, UInt256 counter) =>
        Add(seaport, [SeaportEvents.CounterIncrementedTopic, Word(offerer)], Words(counter));

    internal static BlockHash HashOf(long block) =>
        new(Keccak256.HashText(FormattableString.Invariant($"made {block}")));

    private static Bytes32 Word(Address address) => new([.. new byte[12], .. address.ToArray()]);

    private static byte[] Words(params UInt256[] words) => [.. words.SelectMany(word => word.ToBytes32().ToArray())];

    private MadeLogs Add(Address contract, Bytes32[] topics, byte[] data)
    {
        TransactionHash transaction = new(Keccak256.HashText(FormattableString.Invariant($"call {_transaction}")));
        ChainLog log = new(contract, topics, data, _block, HashOf(_block), transaction, _index++, Removed: false);
        _logs.Add(new TimedLog(log, DateTimeOffset.FromUnixTimeSeconds(2_000_000_000 + _block)));
        return this;
    }
}
