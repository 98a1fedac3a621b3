using Souk.Domain.Chain;

namespace Souk.Platform.Alchemy;

/// <summary>A block's header, as far as Souk follows it.</summary>
/// <param name="Number">The block's height.</param>
/// <param name="Hash">The block's hash.</param>
/// <param name="ParentHash">The hash of the block below.</param>
/// <param name="Timestamp">The block's own time, to the second.</param>
/// <param name="BaseFee">The base fee per unit of gas (EIP-1559); null on a chain without one.</param>
public sealed record BlockHeader(
    long Number, BlockHash Hash, BlockHash ParentHash, DateTimeOffset Timestamp, Wei? BaseFee);

/// <summary>Which logs to read: by a range of blocks or, exactly, by one block's hash.</summary>
public sealed record LogFilter
{
    /// <summary>The contracts that may have emitted; empty: any.</summary>
    public IReadOnlyList<Address> Addresses { get; init; } = [];

    /// <summary>The accepted values by topic position; an empty position accepts any.</summary>
    public IReadOnlyList<IReadOnlyList<Bytes32>> Topics { get; init; } = [];

    /// <summary>The first block, inclusive; unused with <see cref="BlockHash"/>.</summary>
    public long FromBlock { get; init; }

    /// <summary>The last block, inclusive; unused with <see cref="BlockHash"/>.</summary>
    public long ToBlock { get; init; }

    /// <summary>The one block to read (EIP-234); null: the range.</summary>
    public BlockHash? BlockHash { get; init; }
}

/// <summary>One log of one block.</summary>
/// <param name="Address">The contract that emitted.</param>
/// <param name="Topics">Up to four topics.</param>
/// <param name="Data">The data, not indexed.</param>
/// <param name="BlockNumber">The block's height.</param>
/// <param name="BlockHash">The block's hash: with the log's index the log's identity.</param>
/// <param name="TransactionHash">The transaction that emitted.</param>
/// <param name="LogIndex">The log's position in its block.</param>
/// <param name="Removed">Whether the node says that the block left the canonical chain.</param>
/// <param name="BlockTime">The block's own time; null from a node that does not tell it with its logs.</param>
public sealed record ChainLog(
    Address Address,
    IReadOnlyList<Bytes32> Topics,
    byte[] Data,
    long BlockNumber,
    BlockHash BlockHash,
    TransactionHash TransactionHash,
    int LogIndex,
    bool Removed,
    DateTimeOffset? BlockTime = null);

/// <summary>What became of a mined transaction.</summary>
/// <param name="TransactionHash">The transaction.</param>
/// <param name="BlockNumber">The block's height.</param>
/// <param name="BlockHash">The block's hash; another one after a reorganisation.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">Whom it called; null when it created a contract.</param>
/// <param name="Succeeded">False: it reverted, and only its gas was spent.</param>
/// <param name="GasUsed">The gas it used, in units.</param>
/// <param name="EffectiveGasPrice">What one unit of gas cost.</param>
/// <param name="Logs">Its logs, in order.</param>
public sealed record TransactionReceipt(
    TransactionHash TransactionHash,
    long BlockNumber,
    BlockHash BlockHash,
    Address From,
    Address? To,
    bool Succeeded,
    long GasUsed,
    Wei EffectiveGasPrice,
    IReadOnlyList<ChainLog> Logs);

/// <summary>A transaction the node knows, mined or not.</summary>
/// <param name="Hash">The transaction.</param>
/// <param name="From">Who signed it.</param>
/// <param name="Nonce">Its place among its sender's transactions.</param>
/// <param name="BlockNumber">The block's height; null while it is not mined.</param>
/// <param name="BlockHash">The block's hash; null while it is not mined.</param>
public sealed record ChainTransaction(
    TransactionHash Hash, Address From, long Nonce, long? BlockNumber, BlockHash? BlockHash);

/// <summary>What blocks charged lately, and the next block's base fee.</summary>
/// <param name="OldestBlock">The first block told about.</param>
/// <param name="BaseFees">One base fee a block, oldest first, and last the next block's.</param>
/// <param name="Rewards">The tips at the asked percentiles, one row a block.</param>
public sealed record FeeHistory(
    long OldestBlock, IReadOnlyList<Wei> BaseFees, IReadOnlyList<IReadOnlyList<Wei>> Rewards);

/// <summary>A call to simulate: nothing is signed or sent.</summary>
/// <param name="To">Whom to call; null: create a contract from the data.</param>
/// <param name="Data">The calldata.</param>
public sealed record ChainCall(Address? To, ReadOnlyMemory<byte> Data)
{
    /// <summary>As whom to call; null: the node's default, the zero address.</summary>
    public Address? From { get; init; }

    /// <summary>How much native coin the call carries.</summary>
    public Wei Value { get; init; }
}
