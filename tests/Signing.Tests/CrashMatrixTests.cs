using System.Globalization;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Faults;

namespace Souk.Signing.Tests;

/// <summary>
/// SIGKILL before and after each step (a statement, a commit, a call) of accepting, sending, confirming, replacing,
/// cancelling and giving another nonce.
/// </summary>
/// <remarks>
/// The test command kills at some steps of each, chosen by a seed; SOUK_CRASH_CASES says at how many, and 0 at all.
/// </remarks>
public sealed class CrashMatrixTests(CrashWorld world) : IClassFixture<CrashWorld>, IAsyncLifetime
{
    private const int Seed = 20_261_124;
    private const int CasesMax = 3;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Scenarios => [.. s_scenarios.Keys];

    private static readonly Dictionary<string, Func<SigningWorld, Task<CrashCase>>> s_scenarios = new()
    {
        ["accept"] = AcceptAsync,
        ["send"] = SendAsync,
        ["confirm"] = ConfirmAsync,
        ["replace"] = ReplaceAsync,
        ["cancel"] = CancelAsync,
        ["another nonce"] = ShutOutAsync,
    };

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public async ValueTask DisposeAsync() => await world.Node.SetIntervalMiningAsync(null, Cancelled);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_kill_at_any_step_loses_nothing_and_repeats_nothing(string name)
    {
        IReadOnlyList<string> steps = await RunAsync(name, step: 0, CrashMoment.BeforeEffect);
        (int Step, CrashMoment Moment)[] cases =
        [
            .. from step in Enumerable.Range(1, steps.Count)
            from moment in Enum.GetValues<CrashMoment>()
            select (step, moment),
        ];
        int wanted = int.TryParse(
            Environment.GetEnvironmentVariable("SOUK_CRASH_CASES"), CultureInfo.InvariantCulture, out int asked)
            ? asked
            : CasesMax;
        if (wanted > 0)
        {
            new Random(Seed + steps.Count).Shuffle(cases);
            cases = [.. cases.Take(wanted)];
        }

        int reached = 0;
        foreach ((int step, CrashMoment moment) in cases)
        {
            IReadOnlyList<string> taken = await RunAsync(name, step, moment);
            reached += taken.Count >= step ? 1 : 0;
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name}: {moment} of step {step} of {steps.Count}: recovered."));
        }

        Assert.True(reached * 2 > cases.Length, $"{reached} of {cases.Length} cases reached their step.");
    }

    /// <summary>Lets a process do it and die on the way (or not, at step 0), and holds the books against the chain.
    /// </summary>
    private async Task<IReadOnlyList<string>> RunAsync(string name, int step, CrashMoment moment)
    {
        CrashCase it = await s_scenarios[name](world);
        CrashPoint point = world.Gates.Point;
        point.Count();
        await using SigningProcess process = await SigningProcess.StartAsync(world, world.GatedSettings);
        // What a process does first only once is no step of these.
        await process.As(world.Operator).GetAsync("/v1/signers", Cancelled);
        if (step == 0)
            point.Count();
        else
            point.Arm(step, moment, process.KillAsync);

        Task crashed = point.Crashed;
        await it.ActAsync(process).ConfigureAwait(
            step == 0 ? ConfigureAwaitOptions.None : ConfigureAwaitOptions.SuppressThrowing);
        IReadOnlyList<string> steps = point.Steps;
        if (step > 0 && steps.Count >= step)
            await crashed;
        point.Count();
        await process.KillAsync();

        // What would be a wait of half a minute: the dead run's leases end.
        await world.SqlAsync("UPDATE leases SET held_until = now()");
        try
        {
            await it.RequireAsync();
            await world.SettleAsync();
            await ChainBooks.RequireEqualAsync(world, world.Foreign);
        }
        catch (Xunit.Sdk.XunitException failed)
        {
            Assert.Fail($"{name}, {moment} of step {step} ({steps.ElementAtOrDefault(step - 1)}): {failed.Message}");
        }

        return steps;
    }

    private static async Task<CrashCase> AcceptAsync(SigningWorld world)
    {
        Address to = world.NewAddress();
        ulong token = SigningStory.NewToken();
        string key = Guid.NewGuid().ToString();
        await world.EnactAsync(world.MintRule(to));
        JsonObject mint = world.Mint(to, token);
        return new CrashCase(
            process => process.As(world.Operator)
                .PostAsync("/v1/transactions", mint.ToJsonString(), key, Cancelled),
            async () =>
            {
                ApiAnswer again = await world.PostAsync(world.Operator, "/v1/transactions", mint, key);
                Assert.Equal(202, again.Status);
                Assert.Equal("final", await world.FinishAsync(again.Text("id")));
                Assert.Equal(to, await world.OwnerAsync(token));
                Assert.Equal(1L, await world.ReadAsync<long>(
                    $"SELECT count(*) FROM transactions WHERE description = 'Mint {token}.'"));
            });
    }

    private static async Task<CrashCase> SendAsync(SigningWorld world)
    {
        Queued[] mints = [await world.QueueMintAsync(), await world.QueueMintAsync(), await world.QueueMintAsync()];
        return new CrashCase(
            process => process.DeliverQueuedAsync(mints[0].Json),
            () => RequireAsync(world, "final", mints));
    }

    private static async Task<CrashCase> ConfirmAsync(SigningWorld world)
    {
        Queued[] mints = [await world.QueueMintAsync(), await world.QueueMintAsync()];
        await world.DeliverQueuedAsync(mints[0].Json);
        await world.Node.MineAsync(4, Cancelled);
        return new CrashCase(
            process => process.DeliverHintAsync(world.Chain.Plan.Id),
            () => RequireAsync(world, "final", mints));
    }

    private static async Task<CrashCase> ReplaceAsync(SigningWorld world)
    {
        Queued mint = await QueueWaitingAsync(world);
        await world.PostAsync(world.Operator, $"/v1/transactions/{mint.Id}/replace", []);
        return new CrashCase(
            process => process.DeliverQueuedAsync(mint.Json),
            async () =>
            {
                await world.Node.SetIntervalMiningAsync(null, Cancelled);
                await RequireAsync(world, "final", mint);
            });
    }

    private static async Task<CrashCase> CancelAsync(SigningWorld world)
    {
        Queued mint = await QueueWaitingAsync(world);
        await world.PostAsync(
            world.Operator, $"/v1/transactions/{mint.Id}/cancel", new JsonObject { ["reason"] = "Not wanted." });
        return new CrashCase(
            process => process.DeliverQueuedAsync(mint.Json),
            async () =>
            {
                await world.TickAsync();
                await world.Node.SetIntervalMiningAsync(null, Cancelled);
                await RequireAsync(world, "replaced", mint);
            });
    }

    private static async Task<CrashCase> ShutOutAsync(SigningWorld world)
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", Souk.Local.StandIns.StandInFault.TimeOutBeforeEffect);
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.SetIntervalMiningAsync(null, Cancelled);
        await world.SendOutsideAsync();
        await world.Node.MineAsync(4, Cancelled);
        return new CrashCase(
            process => process.DeliverHintAsync(world.Chain.Plan.Id),
            () => RequireAsync(world, "final", mint));
    }

    private static async Task<Queued> QueueWaitingAsync(SigningWorld world)
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        return mint;
    }

    private static async Task RequireAsync(SigningWorld world, string end, params Queued[] mints)
    {
        foreach (Queued mint in mints)
        {
            Assert.Equal(end, await world.FinishAsync(mint.Id));
            Assert.Equal(end == "final" ? mint.To : null, await world.OwnerAsync(mint.Token));
            Assert.Single(await world.EndingsAsync(mint.Id));
        }
    }

    /// <summary>What a process does, and what must be so however far it came.</summary>
    private sealed record CrashCase(Func<SigningProcess, Task> ActAsync, Func<Task> RequireAsync);
}

/// <summary>A world whose room can also run as a process that dies at a step of a test's choice.</summary>
public sealed class CrashWorld : SigningWorld, IAsyncLifetime
{
    /// <summary>What stands between that process and all others.</summary>
    public FunctionGates Gates { get; private set; } = null!;

    /// <summary>Leads the process through the gates; nobody listens to what it announces.</summary>
    public IReadOnlyDictionary<string, string?> GatedSettings =>
        new Dictionary<string, string?>(Gates.Settings) { ["Broker__Url"] = "http://127.0.0.1:9/" };

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Gates = await FunctionGates.StartAsync(World, TestContext.Current.CancellationToken);
        // That the room meets its wallet for the first time is no step of any scenario.
        await this.QueueMintAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await Gates.DisposeAsync();
        await DisposeAsync();
    }
}
