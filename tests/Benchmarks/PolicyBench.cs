using System.Diagnostics;
using System.Globalization;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;

namespace Souk.Benchmarks;

/// <summary>What a policy of 500 rules costs to ask: each evaluation timed by itself, one thread.</summary>
internal static class PolicyBench
{
    private const int Rules = 500;
    private const int WarmUps = 2_000;
    private const int Evaluations = 20_000;

    private static readonly DateTimeOffset Now = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);
    private static readonly AbiFunction Transfer = AbiFunction.Parse("transfer(address,uint256)");
    private static readonly AbiFunction Airdrop = AbiFunction.Parse("airdrop(address[],uint256[])");
    private static readonly Address[] People = [.. Enumerable.Range(1, 100).Select(Person)];

    internal static void Run()
    {
        AbiValue[] hundred = [.. People.Select(it => (AbiValue)it)];
        AbiValue[] ones = [.. People.Select(_ => (AbiValue)1UL)];
        byte[] transfer = Transfer.Encode(People[0], 5UL);
        byte[] airdrop = Airdrop.Encode(AbiValue.ListOf(hundred), AbiValue.ListOf(ones));

        Console.WriteLine("| 500 rules | p50 µs | p99 µs | worst µs |");
        Console.WriteLine("|---|---|---|---|");
        PolicyEngine spread = new([.. List(), .. Enumerable.Range(0, Rules).Select(i => Rule(i, Token(i), Transfer))]);
        Time("each for its own contract; the last allows", spread, Call(Token(Rules - 1), transfer), isAllowed: true);
        Time("each for its own contract; none names the call", spread, Call(Token(Rules), transfer), isAllowed: false);
        PolicyEngine same = new([.. List(), .. Enumerable.Range(0, Rules).Select(i => Rule(i, Token(0), Transfer))]);
        Time("all for one function; the last allows", same, Call(Token(0), transfer), isAllowed: true);
        TransactionCall stranger = Call(Token(0), Transfer.Encode(Token(9), 5UL));
        Time("all for one function; none allows", same, stranger, isAllowed: false);
        PolicyEngine arrays = new([.. List(), .. Enumerable.Range(0, Rules).Select(i => Rule(i, Token(0), Airdrop))]);
        Time("all for one function of two arrays of 100; the last allows", arrays, Call(Token(0), airdrop), true);

        long startedAt = Stopwatch.GetTimestamp();
        _ = new PolicyEngine([.. List(), .. Enumerable.Range(0, Rules).Select(i => Rule(i, Token(i), Transfer))]);
        double buildMs = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Indexing them, once a change: {buildMs:0.0} ms."));
    }

    private static void Time(string what, PolicyEngine engine, TransactionCall call, bool isAllowed)
    {
        double[] times = new double[Evaluations];
        for (int i = -WarmUps; i < Evaluations; i++)
        {
            long startedAt = Stopwatch.GetTimestamp();
            PolicyVerdict verdict = engine.Evaluate(call, PolicyUsages.None, Now);
            double took = Stopwatch.GetElapsedTime(startedAt).TotalMicroseconds;
            if (verdict.IsAllowed != isAllowed) throw new InvalidOperationException($"{what}: {verdict.Detail}");
            if (i >= 0) times[i] = took;
        }

        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {what} | {times[Evaluations / 2]:0.0} | {times[Evaluations * 99 / 100]:0.0} | {times[^1]:0.0} |"));
    }

    /// <summary>A rule for the list's people; the calls' amounts are too much for all but the last.</summary>
    private static PolicyRule Rule(int index, Address contract, AbiFunction function) => new()
    {
        Id = new PolicyRuleId(new Guid(index, 0, 0, new byte[8])),
        Version = 1,
        IsEnabled = true,
        Title = "A rule",
        ChainId = new ChainId(1),
        Contracts = [contract],
        Function = function.Signature,
        Arguments = [new ListedArgument("people"), new AmountArgument(index == Rules - 1 ? 1_000UL : 1UL)],
        NativeValueMax = Wei.Zero,
        Roles = [Role.Operator],
        Hourly = new VelocityCap(1_000, Wei.Zero),
        Daily = new VelocityCap(10_000, Wei.Zero),
    };

    private static RecipientList[] List() =>
        [new RecipientList { IsEnabled = true, Name = "people", Addresses = [.. People] }];

    private static TransactionCall Call(Address to, byte[] data) =>
        new(new ChainId(1), default, to, Wei.Zero, data, [Role.Operator]);

    private static Address Token(int index) => Person(1_000_000 + index);

    private static Address Person(int number) => new([.. new byte[16], .. BitConverter.GetBytes(number)]);
}
