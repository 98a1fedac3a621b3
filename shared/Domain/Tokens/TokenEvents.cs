using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tokens;

/// <summary>A log of a token contract's that matters here.</summary>
public abstract record TokenEvent;

/// <summary>Units of one token changed hands; from zero it was minted, to zero it was burnt.</summary>
/// <param name="Standard">Which standard's log it was.</param>
/// <param name="From">Who had them.</param>
/// <param name="To">Who has them.</param>
/// <param name="Token">The token.</param>
/// <param name="Quantity">Units; 1 for ERC-721.</param>
public sealed record TokenMoved(
    TokenStandard Standard, Address From, Address To, TokenId Token, UInt256 Quantity);

/// <summary>What one log moved: one token, or the many of an ERC-1155 batch in its order.</summary>
public sealed record TokensTransferred(ImmutableArray<TokenMoved> Moves) : TokenEvent;

/// <summary>The owner let an operator move all their tokens of the contract, or no longer.</summary>
public sealed record OperatorApproved(Address Owner, Address Operator, bool IsApproved) : TokenEvent;

/// <summary>The owner let one account move one ERC-721 token; zero takes it back.</summary>
public sealed record TokenApproved(Address Owner, Address Approved, TokenId Token) : TokenEvent;

/// <summary>The logs of ERC-721 and ERC-1155.</summary>
/// <remarks>
/// References: ERC-721 and ERC-1155, "Specification". An ERC-20 Transfer has the same topic0 and two indexed
/// values instead of three; it is none of these. A contract may write what it likes: believe ownership only from
/// reads, and these logs only as the order of what happened.
/// </remarks>
public static class TokenEvents
{
    /// <summary>topic0 of ERC-721's <c>Transfer</c>, with three indexed values.</summary>
    public static Bytes32 TransferTopic { get; } = Keccak256.HashText("Transfer(address,address,uint256)");

    /// <summary>topic0 of ERC-1155's <c>TransferSingle</c>.</summary>
    public static Bytes32 TransferSingleTopic { get; } =
        Keccak256.HashText("TransferSingle(address,address,address,uint256,uint256)");

    /// <summary>topic0 of ERC-1155's <c>TransferBatch</c>.</summary>
    public static Bytes32 TransferBatchTopic { get; } =
        Keccak256.HashText("TransferBatch(address,address,address,uint256[],uint256[])");

    /// <summary>topic0 of <c>ApprovalForAll</c> of both standards.</summary>
    public static Bytes32 ApprovalForAllTopic { get; } = Keccak256.HashText("ApprovalForAll(address,address,bool)");

    /// <summary>topic0 of ERC-721's <c>Approval</c>, with three indexed values.</summary>
    public static Bytes32 ApprovalTopic { get; } = Keccak256.HashText("Approval(address,address,uint256)");

    /// <summary>All five, for the filter of a log query.</summary>
    public static ImmutableArray<Bytes32> Topics { get; } =
        [TransferTopic, TransferSingleTopic, TransferBatchTopic, ApprovalForAllTopic, ApprovalTopic];

    /// <summary>Reads a log; null for one that is none of these or is malformed.</summary>
    /// <param name="topics">The log's topics, topic0 first.</param>
    /// <param name="data">The log's data.</param>
    public static TokenEvent? Read(IReadOnlyList<Bytes32> topics, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(topics);
        if (topics.Count is < 3 or > 4) return null;

        Bytes32 topic = topics[0];
        var words = new AbiWords(data);
        if (topic == TransferTopic) return ReadTransfer(topics);
        if (topic == ApprovalTopic) return ReadApproval(topics);
        if (topic == TransferSingleTopic) return ReadSingle(topics, words);
        if (topic == TransferBatchTopic) return ReadBatch(topics, words);
        return topic == ApprovalForAllTopic ? ReadApprovalForAll(topics, words) : null;
    }

    private static TokensTransferred? ReadTransfer(IReadOnlyList<Bytes32> topics) =>
        topics.Count == 4
        && AbiWords.TryAddress(topics[1], out Address from)
        && AbiWords.TryAddress(topics[2], out Address to)
            ? new TokensTransferred([new TokenMoved(TokenStandard.Erc721, from, to, IdOf(topics[3]), UInt256.One)])
            : null;

    private static TokenApproved? ReadApproval(IReadOnlyList<Bytes32> topics) =>
        topics.Count == 4
        && AbiWords.TryAddress(topics[1], out Address owner)
        && AbiWords.TryAddress(topics[2], out Address approved)
            ? new TokenApproved(owner, approved, IdOf(topics[3]))
            : null;

    private static OperatorApproved? ReadApprovalForAll(IReadOnlyList<Bytes32> topics, AbiWords words) =>
        topics.Count == 3
        && AbiWords.TryAddress(topics[1], out Address owner)
        && AbiWords.TryAddress(topics[2], out Address mover)
        && words.TryBool(0, out bool isApproved)
            ? new OperatorApproved(owner, mover, isApproved)
            : null;

    private static TokensTransferred? ReadSingle(IReadOnlyList<Bytes32> topics, AbiWords words) =>
        topics.Count == 4
        && AbiWords.TryAddress(topics[2], out Address from)
        && AbiWords.TryAddress(topics[3], out Address to)
        && words.TryNumber(0, out UInt256 id)
        && words.TryNumber(1, out UInt256 quantity)
            ? new TokensTransferred([new TokenMoved(TokenStandard.Erc1155, from, to, new TokenId(id), quantity)])
            : null;

    private static TokensTransferred? ReadBatch(IReadOnlyList<Bytes32> topics, AbiWords words)
    {
        if (topics.Count != 4
            || !AbiWords.TryAddress(topics[2], out Address from)
            || !AbiWords.TryAddress(topics[3], out Address to)
            || !words.TryArray(0, 1, out AbiWords ids, out int count)
            || !words.TryArray(1, 1, out AbiWords quantities, out int quantityCount)
            || count != quantityCount)
        {
            return null;
        }

        ImmutableArray<TokenMoved>.Builder moves = ImmutableArray.CreateBuilder<TokenMoved>(count);
        for (int i = 0; i < count; i++)
        {
            if (!ids.TryNumber(i, out UInt256 id) || !quantities.TryNumber(i, out UInt256 quantity)) return null;
            moves.Add(new TokenMoved(TokenStandard.Erc1155, from, to, new TokenId(id), quantity));
        }

        return new TokensTransferred(moves.DrainToImmutable());
    }

    private static TokenId IdOf(Bytes32 topic)
    {
        Span<byte> octets = stackalloc byte[Bytes32.Length];
        topic.CopyTo(octets);
        return new TokenId(UInt256.FromBigEndian(octets));
    }
}
