using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tokens;

/// <summary>A log of a WETH-like currency.</summary>
public abstract record CurrencyEvent;

/// <summary>An amount changed hands; from zero it was deposited or minted, to zero withdrawn or burnt.</summary>
/// <param name="From">Who had it.</param>
/// <param name="To">Who has it.</param>
/// <param name="Amount">In the currency's smallest unit.</param>
public sealed record CurrencyMoved(Address From, Address To, UInt256 Amount) : CurrencyEvent;

/// <summary>The owner let a spender move so much in all; 0 takes it back.</summary>
/// <param name="Owner">Whose money.</param>
/// <param name="Spender">Who may move it.</param>
/// <param name="Amount">In the currency's smallest unit.</param>
public sealed record CurrencyApproved(Address Owner, Address Spender, UInt256 Amount) : CurrencyEvent;

/// <summary>The logs of ERC-20 and those that WETH9 adds.</summary>
/// <remarks>
/// References: ERC-20, "Events"; WETH9 (Ethereum 0xC02a…6Cc2), verified source. WETH9 tells of a deposit and a
/// withdrawal by their own logs and by no Transfer; a contract that writes both for one deposit is not WETH-like in
/// this sense, and must not be named in the settings: it would be counted twice. Transfer and Approval share their
/// topic0 with ERC-721, which has a third indexed value instead of data: only the contract tells which it is.
/// </remarks>
public static class CurrencyEvents
{
    /// <summary>topic0 of WETH9's <c>Deposit</c>.</summary>
    public static Bytes32 DepositTopic { get; } = Keccak256.HashText("Deposit(address,uint256)");

    /// <summary>topic0 of WETH9's <c>Withdrawal</c>.</summary>
    public static Bytes32 WithdrawalTopic { get; } = Keccak256.HashText("Withdrawal(address,uint256)");

    /// <summary>All four, for the filter of a log query.</summary>
    public static ImmutableArray<Bytes32> Topics { get; } =
        [TokenEvents.TransferTopic, TokenEvents.ApprovalTopic, DepositTopic, WithdrawalTopic];

    /// <summary>Reads a log; null for one that is none of these or is malformed.</summary>
    /// <param name="topics">The log's topics, topic0 first.</param>
    /// <param name="data">The log's data.</param>
    public static CurrencyEvent? Read(IReadOnlyList<Bytes32> topics, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var words = new AbiWords(data);
        if (topics.Count is < 2 or > 3
            || !words.TryNumber(0, out UInt256 amount)
            || !AbiWords.TryAddress(topics[1], out Address first))
        {
            return null;
        }

        Bytes32 topic = topics[0];
        if (topics.Count == 2)
        {
            if (topic == DepositTopic) return new CurrencyMoved(Address.Zero, first, amount);
            return topic == WithdrawalTopic ? new CurrencyMoved(first, Address.Zero, amount) : null;
        }

        if (!AbiWords.TryAddress(topics[2], out Address second)) return null;
        if (topic == TokenEvents.TransferTopic) return new CurrencyMoved(first, second, amount);
        return topic == TokenEvents.ApprovalTopic ? new CurrencyApproved(first, second, amount) : null;
    }
}
