using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;

namespace Souk.Benchmarks;

/// <summary>What it costs to judge a call among 500 rules, in microseconds; one thread.</summary>
/// <remarks>
/// Spread: each rule is for a contract of its own. All alike: all are for the same function of the same contract, each
/// for a recipient of its own, so that the engine must look into each, and the last decides, or none.
/// </remarks>
internal static class PolicyCost
{
    private const int Rules = 500;
    private const int Calls = 20_000;

    private static readonly AbiFunction Mint = AbiFunction.Parse("mint(address,uint256)");
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly VelocityCap Cap = new(1_000_000, Wei.FromUlong(1));

    internal static void Run()
    {
        Console.WriteLine($"\n| policy evaluation among {Rules} rules | p50, µs | p99, µs |");
        Console.WriteLine("|---|---|---|");
        PolicyEngine spread = new(Enumerable.Range(1, Rules).Select(i => Rule(i, contract: i, recipient: 1)));
        PolicyEngine alike = new(Enumerable.Range(1, Rules).Select(i => Rule(i, contract: 1, recipient: i)));
        Time("spread, allowed", spread, Call(contract: Rules, recipient: 1));
        Time("all alike, the last allows it", alike, Call(contract: 1, recipient: Rules));
        Time("all alike, none allows it", alike, Call(contract: 1, recipient: Rules + 1));
    }

    private static void Time(string operation, PolicyEngine engine, TransactionCall call)
    {
        double[] times = new double[Calls];
        for (int warmUp = 0; warmUp < 2; warmUp++)
        {
            for (int i = 0; i < Calls; i++)
            {
                long startedAt = Stopwatch.GetTimestamp();
                engine.Evaluate(call, PolicyUsages.None, Now);
                times[i] = Stopwatch.GetElapsedTime(startedAt).TotalMicroseconds;
            }
        }

        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {operation} | {times[(Calls / 2) - 1]:0.0} | {times[(Calls * 99 / 100) - 1]:0.0} |"));
    }

    private static PolicyRule Rule(int number, int contract, int recipient) => new()
    {
        Id = new PolicyRuleId(new Guid(number, 0, 0, new byte[8])),
        IsEnabled = true,
        Version = 1,
        Title = "Mint",
        ChainId = new ChainId(1),
        Contracts = [At(contract)],
        Function = Mint.Signature,
        Arguments = [new OneOfArgument([At(recipient)]), new AnyArgument()],
        NativeValueMax = Wei.Zero,
        Roles = [Role.Operator],
        Hourly = Cap,
        Daily = Cap,
    };

    private static TransactionCall Call(int contract, int recipient) => new(
        new ChainId(1),
        new SignerId(new Guid(1, 0, 0, new byte[8])),
        At(contract),
        Wei.Zero,
        Mint.Encode(At(recipient), 7ul),
        ImmutableArray.Create(Role.Operator));

    private static Address At(int number) => new([.. new byte[16], .. BitConverter.GetBytes(number)]);
}
