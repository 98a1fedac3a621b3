using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>How a <see cref="KillStorm"/> goes.</summary>
/// <param name="Seed">Chooses the deeds, the faults and the moments.</param>
/// <param name="Transactions">How many are asked for.</param>
/// <param name="Signers">How many wallets of each chain are used.</param>
internal sealed record KillStormOptions(int Seed, int Transactions, int Signers);

/// <summary>
/// The room as a process that SIGKILL ends at random while many ask for transactions, nodes lie, lose answers, forget
/// their pools and undo blocks, and somebody uses a wallet elsewhere.
/// </summary>
internal sealed class KillStorm(SigningWorld world, KillStormOptions options, Action<string> tell) : IAsyncDisposable
{
    private const int ClientsMax = 8;

    /// <summary>How many answers a process lives for, at most; it dies while it is at more.</summary>
    private const int AnswersMax = 12;

    private static readonly string[] s_lies =
    [
        "internal error", "nonce too low", "transaction underpriced", "replacement transaction underpriced",
        "txpool is full", "intrinsic gas too low", "nonce too high", "already known",
    ];

    // A client of the node's that has given up on it tries again after half a minute.
    private static readonly TimeSpan s_endMax = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan s_tokenAge = TimeSpan.FromMinutes(5);

    private readonly Random _random = new(options.Seed);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentDictionary<ulong, (WorldChain Chain, Address To, string Id)> _acknowledged = new();
    private SigningProcess? _process;
    private TestPerson _operator = world.Operator;
    private DateTime _signedInAt = DateTime.UtcNow;
    private int _answers;
    private int _kills;
    private int _faults;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Runs it, lets all of it end, and compares every book with the chains.</summary>
    public async Task RunAsync()
    {
        _process = await SigningProcess.StartAsync(world, Settings());
        foreach (WorldChain chain in world.World.Chains)
            await chain.Node.StopMiningAsync(Cancelled);
        Task[] weather = [KillAsync(), MineAsync(), TickAsync(), DisturbAsync()];
        ParallelOptions clients = new() { MaxDegreeOfParallelism = ClientsMax, CancellationToken = Cancelled };
        await Parallel.ForAsync(0, options.Transactions, clients, async (number, _) => await AskAsync(number));
        await _over.CancelAsync();
        await Task.WhenAll(weather);
        await EndAsync();
        await RequireAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _over.Dispose();
    }

    private static Dictionary<string, string?> Settings() => new()
    {
        // Short waits: who is killed every second must not wait ten for a lost answer.
        ["MetaKeep__AttemptTimeout"] = "00:00:02",
        ["Alchemy__AttemptTimeout"] = "00:00:02",
        ["Alchemy__RetryDelay"] = "00:00:00.020",
        ["MetaKeep__RetryDelay"] = "00:00:00.020",
    };

    private int Next(int below)
    {
        lock (_gate) return _random.Next(below);
    }

    private bool Chance(int percent) => Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> from) => from[Next(from.Count)];

    /// <summary>A client asks until it is answered, always under the same key, and its event is delivered.</summary>
    private async Task AskAsync(int number)
    {
        WorldChain chain = Pick(world.World.Chains);
        string signer = chain.NameOf(chain.Signers[Next(options.Signers)]);
        Address to = world.NewAddress();
        ulong token = SigningStory.NewToken();
        string mint = SigningStory.Mint(chain, signer, to, token).ToJsonString();
        string key = string.Create(CultureInfo.InvariantCulture, $"storm-{options.Seed}-{number}");
        while (true)
        {
            ApiAnswer? answer = await TryAsync(
                process => process.As(_operator).PostAsync("/v1/transactions", mint, key, Cancelled));
            if (answer?.Status == 202)
            {
                _acknowledged[token] = (chain, to, answer.Text("id"));
                if (Chance(70)) await TryAsync(process => process.DeliverQueuedAsync(answer.Json));
                if (Chance(5)) await InterveneAsync(answer.Text("id"));
                return;
            }

            Assert.True(answer is null or { Status: 503 or 409 or 500 }, $"{answer?.Status} {answer?.Json}");
            await PauseAsync(20);
        }
    }

    private Task InterveneAsync(string id) => TryAsync(process => process.As(_operator).PostAsync(
        $"/v1/transactions/{id}/replace", "{}", Cancelled));

    /// <summary>SIGKILL, and another process: the first's leases end at once, which else is a wait of 30 s.</summary>
    private async Task KillAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            // By what it has done and not by time: a slow machine must not kill it before it does anything.
            int enough = Volatile.Read(ref _answers) + 1 + Next(AnswersMax);
            while (Volatile.Read(ref _answers) < enough && !_over.IsCancellationRequested)
                await PauseAsync(5);
            await PauseAsync(Next(100));
            await _process!.DisposeAsync();
            _kills++;
            _process = await SigningProcess.StartAsync(world, Settings());
            await world.SqlAsync("UPDATE leases SET held_until = now()");
        }
    }

    private async Task MineAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            await PauseAsync(50 + Next(100));
            foreach (WorldChain chain in world.World.Chains)
                await chain.Node.MineAsync(1, Cancelled);
        }
    }

    private async Task TickAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            await PauseAsync(100 + Next(200));
            await TryAsync(process => Chance(50)
                ? process.TickAsync()
                : process.DeliverHintAsync(Pick(world.World.Chains).Plan.Id));
            if (DateTime.UtcNow - _signedInAt < s_tokenAge) continue;
            _operator = await world.AddPersonAsync(Role.Operator);
            _signedInAt = DateTime.UtcNow;
        }
    }

    private async Task DisturbAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            await PauseAsync(50 + Next(150));
            WorldChain chain = Pick(world.World.Chains);
            await DisturbAsync(chain, Next(9));
            _faults++;
        }
    }

    private async Task DisturbAsync(WorldChain chain, int kind)
    {
        AlchemyStandIn alchemy = world.World.Alchemy;
        switch (kind)
        {
            case 0:
                alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);
                break;
            case 1:
                alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutAfterEffect);
                break;
            case 2:
                alchemy.NextRpcLie("eth_sendRawTransaction", -32000, Pick(s_lies));
                break;
            case 3:
                alchemy.NextRpcNull("eth_getTransactionReceipt");
                break;
            case 4:
                alchemy.NextRpc("eth_getTransactionCount", answer => answer["result"] = "0x0");
                break;
            case 5:
                world.World.MetaKeep.Next(
                    Chance(50) ? StandInFault.TimeOutAfterEffect : StandInFault.TimeOutBeforeEffect,
                    "sign/transaction");
                break;
            case 6:
                await chain.Node.Rpc.SendAsync("anvil_dropAllTransactions", [], Cancelled);
                break;
            case 7:
                await world.SendOutsideAsync(chain, chain.Signers[Next(options.Signers)].Wallet.Address);
                break;
            default:
                // Two blocks: less than the chain's confirmations, so what is final stays.
                await chain.Node.ReorgAsync(2, Cancelled);
                break;
        }
    }

    /// <summary>What the process answers; null when it died, or was not there.</summary>
    private async Task<T?> TryAsync<T>(Func<SigningProcess, Task<T>> ask)
        where T : class
    {
        try
        {
            T answer = await ask(_process!);
            Interlocked.Increment(ref _answers);
            return answer;
        }
        catch (Exception lost) when (lost is HttpRequestException or ObjectDisposedException or IOException
            or TaskCanceledException or InvalidOperationException)
        {
            await PauseAsync(20);
            return null;
        }
    }

    private Task TryAsync(Func<SigningProcess, Task> ask) => TryAsync(async process =>
    {
        await ask(process);
        return "";
    });

    private async Task PauseAsync(int milliseconds)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, _over.Token);
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    /// <summary>The weather is fine again: what was asked for comes to its end without anybody's help.</summary>
    private async Task EndAsync()
    {
        await _process!.DisposeAsync();
        _process = null;
        await world.SqlAsync("UPDATE leases SET held_until = now()");
        world.World.Alchemy.EndRpcFaults();
        world.World.MetaKeep.EndFaults();
        long startedAt = Stopwatch.GetTimestamp();
        for (int i = 0; Stopwatch.GetElapsedTime(startedAt) < s_endMax; i++)
        {
            if (await world.ReadAsync<long>("SELECT count(*) FROM transactions WHERE finalized_at IS NULL") == 0)
                return;
            foreach (WorldChain chain in world.World.Chains)
                await chain.Node.MineAsync(2, Cancelled);
            if (i % 10 == 9) await world.AgeAsync();
            await world.TickAsync();
        }

        Assert.Fail("A jam: " + await world.ReadAsync<string>("""
            SELECT string_agg(concat_ws(' ', s.name, t.status, t.nonce, t.waits_for, t.reason, t.wish), E'\n')
            FROM transactions AS t JOIN signers AS s ON s.id = t.signer_id WHERE t.finalized_at IS NULL
            """));
    }

    private async Task RequireAsync()
    {
        Assert.Equal(options.Transactions, _acknowledged.Count);
        Assert.Equal(options.Transactions, await world.ReadAsync<long>(
            "SELECT count(*) FROM transactions WHERE NOT is_filler"));
        int cancelled = 0;
        foreach ((ulong token, (WorldChain chain, Address to, string id)) in _acknowledged)
        {
            JsonElement shown = (await world.ShowAsync(id)).GetProperty("transaction");
            string end = $"{shown.GetProperty("status").GetString()} {shown.GetProperty("reason").GetString()}".Trim();
            Address? owner = await SigningStory.OwnerAsync(chain, token);
            // A lie of the node's can cancel one: then it has no effect, and says so.
            Assert.True(
                (end, owner) == ("final", to) || (end is "replaced broadcast_refused" && owner is null),
                $"Token {token} of {id} is {end}, owned by {owner}: {await world.ShowAsync(id)}");
            cancelled += owner is null ? 1 : 0;
        }

        int mined = await ChainBooks.RequireEqualAsync(world, world.Foreign);
        long fillers = await world.ReadAsync<long>("SELECT count(*) FROM transactions WHERE is_filler");
        long outbid = await world.ReadAsync<long>("SELECT count(*) FROM transaction_attempts WHERE attempt > 1");
        tell(string.Create(
            CultureInfo.InvariantCulture,
            $"Seed {options.Seed}: {options.Transactions} requests, {_kills} kills, {_faults} faults; {mined} mined, "
            + $"{fillers} fillers, {outbid} signed again, {cancelled} cancelled by lies; books equal to the chains."));
    }
}
