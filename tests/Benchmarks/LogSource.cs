using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Local.Servers;

namespace Souk.Benchmarks;

/// <summary>
/// A contract that writes as many ERC-721 <c>Transfer</c> logs as it is asked for, and keeps no books.
/// </summary>
/// <remarks>To follow its logs is the same work as a real collection's; to make them costs the node a
/// twentieth.</remarks>
internal sealed class LogSource
{
    /// <summary>Logs of one transaction, which is one block.</summary>
    internal const int LogsPerBlock = 200;

    private const string Gas = "0x100000";

    // Calldata: from, to, first token, count, a word each. The loop begins at 0x0b and ends at 0x44.
    private static readonly byte[] Runtime =
    [
        .. Hex.Decode("0x5f35602035604035606035"), // the four words
        .. Hex.Decode("0x5b8015604457"),           // while the count is not 0:
        .. Hex.Decode("0x818385"),                 // token, to, from
        0x7f,
        .. TokenEvents.TransferTopic.ToArray(),
        .. Hex.Decode("0x5f5fa4"),                 // a log of no data and four topics
        .. Hex.Decode("0x6001900390600101"),       // one less to write, the next token
        .. Hex.Decode("0x90600b56"),
        .. Hex.Decode("0x5b00"),
    ];

    private readonly EvmNode _node;
    private ulong _tokens;

    private LogSource(EvmNode node, Address contract) => (_node, Contract) = (node, contract);

    /// <summary>The contract.</summary>
    internal Address Contract { get; }

    /// <summary>Deploys one.</summary>
    internal static async Task<LogSource> DeployAsync(EvmNode node, CancellationToken cancellationToken)
    {
        byte[] creation = [0x60, (byte)Runtime.Length, 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, 0xf3, .. Runtime];
        return new LogSource(node, await ChainDeployment.DeployOneAsync(node, creation, cancellationToken));
    }

    /// <summary>Mines so many blocks: in each pair tokens are minted, and then move on.</summary>
    internal async Task MineAsync(int blocks, CancellationToken cancellationToken)
    {
        for (int i = 0; i < blocks; i += 2)
        {
            Address owner = OwnerOf(_tokens);
            await WriteAsync(Address.Zero, owner, cancellationToken);
            await WriteAsync(owner, OwnerOf(_tokens + 1), cancellationToken);
            _tokens += LogsPerBlock;
        }
    }

    private static Address OwnerOf(ulong number) =>
        new(Keccak256.HashText($"owner {number}").ToArray().AsSpan(12));

    /// <summary>Writes a block of its own: the node mines what came since the last when it comes to it.</summary>
    private async Task WriteAsync(Address from, Address to, CancellationToken cancellationToken)
    {
        byte[] data =
        [
            .. Word(from), .. Word(to), .. ((UInt256)_tokens).ToBytes32().ToArray(),
            .. ((UInt256)(ulong)LogsPerBlock).ToBytes32().ToArray(),
        ];
        JsonObject transaction = new()
        {
            ["from"] = _node.Accounts[0].ToString(),
            ["to"] = Contract.ToString(),
            ["gas"] = Gas,
            ["data"] = Hex.Encode(data),
        };
        JsonElement hash = await _node.Rpc.SendAsync("eth_sendTransaction", [transaction], cancellationToken);
        await _node.Rpc.WaitForReceiptAsync(TransactionHash.Parse(hash.GetString()!), cancellationToken);
    }

    private static byte[] Word(Address address) => [.. new byte[12], .. address.ToArray()];
}
