using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;

namespace Souk.Local.Servers;

/// <summary>A chain of our own: an anvil process on loopback that ends when its pipe from us closes.</summary>
/// <remarks>
/// Where it differs from a public chain, seen with anvil 1.7.1: a reorg sends no <c>removed</c> logs and drops the
/// orphaned transactions; a replacement passes with less than the 10 % that geth asks; a receipt may be missing for
/// some milliseconds after its block. Its ten accounts are unlocked, rich, and the same everywhere: those of
/// <see cref="Mnemonic"/>, which everybody knows.
/// </remarks>
public sealed class EvmNode : IAsyncDisposable
{
    /// <summary>The seed phrase of the node's accounts (path m/44'/60'/0'/0/i).</summary>
    public const string Mnemonic = "test test test test test test test test test test test junk";

    private const string ListeningPrefix = "Listening on ";

    private readonly LeashedProcess _process;
    private int _miners;

    private EvmNode(EvmNodeOptions options, LeashedProcess process, RpcConnection rpc, IReadOnlyList<Address> accounts)
    {
        _process = process;
        ChainId = options.ChainId;
        Rpc = rpc;
        Accounts = accounts;
    }

    /// <summary>The chain it says it is.</summary>
    public ChainId ChainId { get; }

    /// <summary>Where it answers JSON-RPC, over HTTP and WebSocket.</summary>
    public Uri RpcUrl => Rpc.Url;

    /// <summary>A connection to it, for as long as it runs.</summary>
    public RpcConnection Rpc { get; }

    /// <summary>Its unlocked accounts, 10,000 ether each.</summary>
    public IReadOnlyList<Address> Accounts { get; }

    /// <summary>The process id of the node itself.</summary>
    public int ProcessId => _process.ProcessId;

    /// <summary>Starts a node and answers once it takes calls.</summary>
    /// <exception cref="InvalidOperationException">It did not start; says what it printed.</exception>
    public static async Task<EvmNode> StartAsync(EvmNodeOptions options, CancellationToken cancellationToken)
    {
        string program = await ChainPackages.FindAnvilAsync(cancellationToken);
        LeashedCommand command = new(program, [.. Arguments(options)])
        {
            // It keeps nothing that a clean stop would save.
            StopSignal = StopSignal.Kill,
        };
        LeashedProcess process = await LeashedProcess.StartAsync(command, cancellationToken);
        try
        {
            string line = await process.WaitForLineAsync(IsListening, cancellationToken);
            RpcConnection rpc = new(new Uri($"http://{line[ListeningPrefix.Length..]}"));
            JsonElement accounts = await rpc.SendAsync("eth_accounts", [], cancellationToken);
            return new EvmNode(options, process, rpc,
                [.. accounts.EnumerateArray().Select(account => Address.Parse(account.GetString()!))]);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Mines this many blocks at once.</summary>
    public Task MineAsync(int count, CancellationToken cancellationToken) =>
        Rpc.SendAsync("anvil_mine", [Quantity((ulong)count)], cancellationToken);

    /// <summary>Moves the chain's time forward for good, and mines a block that has the new time.</summary>
    public async Task IncreaseTimeAsync(TimeSpan by, CancellationToken cancellationToken)
    {
        await Rpc.SendAsync("evm_increaseTime", [(long)by.TotalSeconds], cancellationToken);
        await MineAsync(1, cancellationToken);
    }

    /// <summary>Mines a block each so many whole seconds; null stops that and mines a block for each
    /// transaction.</summary>
    public async Task SetIntervalMiningAsync(TimeSpan? blockTime, CancellationToken cancellationToken)
    {
        await Rpc.SendAsync("evm_setIntervalMining", [(long)(blockTime?.TotalSeconds ?? 0)], cancellationToken);
        await Rpc.SendAsync("evm_setAutomine", [blockTime is null], cancellationToken);
    }

    /// <summary>Stops all mining but <see cref="MineAsync"/>'s: transactions wait in the pool.</summary>
    public async Task StopMiningAsync(CancellationToken cancellationToken)
    {
        await Rpc.SendAsync("evm_setIntervalMining", [0L], cancellationToken);
        await Rpc.SendAsync("evm_setAutomine", [false], cancellationToken);
    }

    /// <summary>Replaces the newest blocks by as many empty ones; their transactions are gone from the
    /// node.</summary>
    /// <param name="depth">How many blocks, less than the chain's height.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task ReorgAsync(int depth, CancellationToken cancellationToken)
    {
        await ChangeMinerAsync(cancellationToken);
        await Rpc.SendAsync("anvil_reorg", [depth, new JsonArray()], cancellationToken);
    }

    /// <summary>Has the next blocks mined by somebody else: an empty block that replaces an empty one of the same
    /// second would else be the same block.</summary>
    public Task ChangeMinerAsync(CancellationToken cancellationToken)
    {
        ulong miner = 0xc0ffee_0000 + (ulong)Interlocked.Increment(ref _miners);
        return Rpc.SendAsync("anvil_setCoinbase", [$"0x{miner:x40}"], cancellationToken);
    }

    /// <summary>Gives an account exactly this balance.</summary>
    public Task SetBalanceAsync(Address account, Wei balance, CancellationToken cancellationToken) =>
        Rpc.SendAsync("anvil_setBalance", [account.ToString(), balance.Value.ToHexQuantity()], cancellationToken);

    /// <summary>Kills the node, as a crash would; its chain is lost.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => _process.KillAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Rpc.Dispose();
        await _process.DisposeAsync();
    }

    private static bool IsListening(string line) => line.StartsWith(ListeningPrefix, StringComparison.Ordinal);

    private static string Quantity(ulong value) => $"0x{value.ToString("x", CultureInfo.InvariantCulture)}";

    private static IEnumerable<string> Arguments(EvmNodeOptions options)
    {
        yield return "--host=127.0.0.1";
        yield return string.Create(CultureInfo.InvariantCulture, $"--port={options.Port}");
        yield return $"--chain-id={options.ChainId}";
        yield return $"--mnemonic={Mnemonic}";
        yield return string.Create(CultureInfo.InvariantCulture, $"--slots-in-an-epoch={options.EpochBlocks}");
        yield return "--color=never";
        if (options.BlockTime is { } blockTime)
            yield return string.Create(CultureInfo.InvariantCulture, $"--block-time={(long)blockTime.TotalSeconds}");
        if (options.GenesisAt is { } genesisAt)
            yield return string.Create(CultureInfo.InvariantCulture, $"--timestamp={genesisAt.ToUnixTimeSeconds()}");
    }
}
