using System.Collections.Immutable;
using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Domain.Tests.Orders;
using Souk.Domain.Tokens;

namespace Souk.Domain.Tests.Signing;

public sealed class PolicyEngineTests
{
    /// <summary>A Wednesday, at noon in UTC.</summary>
    private static readonly DateTimeOffset Now = new(2025, 6, 18, 12, 0, 0, TimeSpan.Zero);

    private static readonly Address Friend = SampleOrders.Creator;
    private static readonly Address Stranger = SampleOrders.Platform;
    private static readonly SignerId Wallet = new(new Guid("00000000-0000-0000-0000-0000000000f1"));

    private static readonly PolicyRule Mint = new()
    {
        Id = new PolicyRuleId(new Guid("00000000-0000-0000-0000-000000000001")),
        Version = 3,
        IsEnabled = true,
        Title = "Mint demo tokens",
        ChainId = new ChainId(31337),
        Contracts = [SampleOrders.Collection],
        Function = "mint(address,uint256)",
        Arguments = [new OneOfArgument([Friend]), new MaxArgument(1000)],
        NativeValueMax = Wei.FromUlong(10),
        Roles = [Role.Operator],
        Window = new TimeWindow([Weekday.Wednesday], new TimeOnly(9, 0), new TimeOnly(17, 0)),
        Hourly = new VelocityCap(5, Wei.FromUlong(100)),
        Daily = new VelocityCap(20, Wei.FromUlong(300)),
    };

    private static readonly TransactionCall Call = new(
        Mint.ChainId, Wallet, SampleOrders.Collection, Wei.Zero, TokenCalls.Mint(Friend, new TokenId(7)),
        [Role.Operator]);

    [Fact]
    public void Allows_what_a_rule_names_and_says_which()
    {
        PolicyVerdict verdict = Judge(Call, Mint);

        Assert.True(verdict.IsAllowed);
        Assert.Equal((Mint.Id, 3), (verdict.RuleId, verdict.RuleVersion));
    }

    public static TheoryData<string, TransactionCall> Unnamed => new()
    {
        { "another chain", Call with { ChainId = new ChainId(1) } },
        { "another contract", Call with { To = Stranger } },
        { "another function", Call with { Data = TokenCalls.Approve(Friend, new TokenId(7)) } },
        { "a plain payment", Call with { Data = Array.Empty<byte>() } },
        { "too little call data", Call with { Data = new byte[] { 0x40, 0xc1, 0x0f } } },
    };

    [Theory]
    [MemberData(nameof(Unnamed))]
    public void Denies_what_no_rule_names(string what, TransactionCall call)
    {
        PolicyVerdict verdict = Judge(call, Mint);

        Assert.True(verdict.Reason == PolicyReason.NothingNamed, what);
        Assert.Null(verdict.RuleId);
    }

    [Fact]
    public void Denies_everything_without_rules() =>
        Assert.Equal(PolicyReason.NothingNamed, Judge(Call).Reason);

    [Fact]
    public void Denies_by_rules_that_name_nothing_or_nonsense()
    {
        PolicyRule[] useless =
        [
            Mint with { Contracts = [] },
            Mint with { Contracts = default },
            Mint with { Roles = [] },
            Mint with { Function = "mint" },
            Mint with { Function = "mint(addres,uint256)" },
            Mint with { Arguments = [] },
            Mint with { Arguments = [new AnyArgument()] },
            Mint with { Arguments = [new MaxArgument(1), new AnyArgument()] },
            Mint with { Arguments = [new EqualsArgument("me"), new AnyArgument()] },
            Mint with { Window = new TimeWindow([], TimeOnly.MinValue, TimeOnly.MinValue) },
        ];

        Assert.All(useless, it => Assert.Equal(PolicyReason.NothingNamed, Judge(Call, it).Reason));
        Assert.All(useless, it => Assert.NotNull(it.Fault()));
    }

    /// <summary>Each row repairs the first thing wrong with the row above it.</summary>
    [Fact]
    public void Answers_with_the_first_condition_that_fails()
    {
        byte[] stranger = TokenCalls.Mint(Stranger, new TokenId(7));
        TransactionCall call = Call with
        {
            Roles = [Role.Trader],
            Value = Wei.FromUlong(11),
            Data = (byte[])[.. stranger, 0],
        };
        PolicyUsage used = new(new UsageSum(5, 0, 0), new UsageSum(20, 0, 0));
        DateTimeOffset night = Now.AddHours(5);

        Assert.Equal(PolicyReason.RuleDisabled, Judge(Mint with { IsEnabled = false }, call, used, night));
        Assert.Equal(PolicyReason.RoleNotAllowed, Judge(Mint, call, used, night));
        call = call with { Roles = [Role.Trader, Role.Operator] };
        Assert.Equal(PolicyReason.OutsideWindow, Judge(Mint, call, used, night));
        Assert.Equal(PolicyReason.NativeValueExceeded, Judge(Mint, call, used, Now));
        call = call with { Value = Wei.FromUlong(10) };
        Assert.Equal(PolicyReason.CallUndecodable, Judge(Mint, call, used, Now));
        call = call with { Data = stranger };
        Assert.Equal(PolicyReason.ArgumentNotAllowed, Judge(Mint, call, used, Now));
        call = call with { Data = Call.Data };
        Assert.Equal(PolicyReason.HourlyCapExceeded, Judge(Mint, call, used, Now));
        used = used with { Hour = new UsageSum(4, 0, 0) };
        Assert.Equal(PolicyReason.DailyCapExceeded, Judge(Mint, call, used, Now));
        used = used with { Day = new UsageSum(19, 0, 0) };
        Assert.Equal(PolicyReason.Allowed, Judge(Mint, call, used, Now));
    }

    [Theory]
    [InlineData(90, 0, 10, PolicyReason.Allowed)]
    [InlineData(91, 0, 10, PolicyReason.HourlyCapExceeded)]
    [InlineData(101, 0, 0, PolicyReason.HourlyCapExceeded)]
    [InlineData(0, 290, 10, PolicyReason.Allowed)]
    [InlineData(0, 291, 10, PolicyReason.DailyCapExceeded)]
    public void Caps_value_as_well_as_number(ulong hour, ulong day, ulong value, PolicyReason expected) =>
        Assert.Equal(
            expected,
            Judge(
                Mint,
                Call with { Value = Wei.FromUlong(value) },
                new PolicyUsage(new UsageSum(0, hour, 0), new UsageSum(0, day, 0)),
                Now));

    [Fact]
    public void Does_not_overflow_on_the_greatest_values()
    {
        var most = new Wei(UInt256.MaxValue);
        var cap = new VelocityCap(9, most);
        PolicyRule rule = Mint with { NativeValueMax = most, Hourly = cap, Daily = cap };

        PolicyReason reason = Judge(
            rule, Call with { Value = most }, new PolicyUsage(new UsageSum(0, 1, 0), default), Now);

        Assert.Equal(PolicyReason.HourlyCapExceeded, reason);
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void Bounds_a_number(ulong token, bool isAllowed) =>
        Assert.Equal(
            isAllowed, Judge(Call with { Data = TokenCalls.Mint(Friend, new TokenId(token)) }, Mint).IsAllowed);

    [Theory]
    [InlineData("0x00000000000000000000000000000000000000c2", "7", true)]
    [InlineData("0x00000000000000000000000000000000000000c2", "8", false)]
    [InlineData("0x00000000000000000000000000000000000000c3", "7", false)]
    public void Compares_a_value(string address, string number, bool isAllowed)
    {
        PolicyRule rule = Mint with { Arguments = [new EqualsArgument(address), new EqualsArgument(number)] };

        Assert.Equal(isAllowed, Judge(Call, rule).IsAllowed);
    }

    [Fact]
    public void Holds_a_rule_of_an_array_against_each_element()
    {
        var function = AbiFunction.Parse("airdrop(address[],bytes)");
        PolicyRule rule = Mint with
        {
            Function = function.Signature,
            Arguments = [new OneOfArgument([Friend]), new EqualsArgument("0x0102")],
        };
        byte[] hidden = function.Encode(AbiValue.ListOf(Friend, Stranger), new byte[] { 1, 2 });
        byte[] good = function.Encode(AbiValue.ListOf(Friend, Friend), new byte[] { 1, 2 });

        Assert.Equal(PolicyReason.ArgumentNotAllowed, Judge(Call with { Data = hidden }, rule).Reason);
        Assert.True(Judge(Call with { Data = good }, rule).IsAllowed);
    }

    [Fact]
    public void Pays_only_the_recipients_of_a_rule_without_a_function()
    {
        PolicyRule refund = Mint with { Function = null, Arguments = [], Contracts = [Friend] };
        TransactionCall payment = Call with { To = Friend, Data = Array.Empty<byte>(), Value = Wei.FromUlong(10) };

        Assert.True(Judge(payment, refund).IsAllowed);
        Assert.Equal(PolicyReason.NothingNamed, Judge(payment with { To = Stranger }, refund).Reason);
        Assert.Equal(PolicyReason.NothingNamed, Judge(payment with { Data = Call.Data }, refund).Reason);
    }

    [Fact]
    public void Lets_the_first_rule_that_allows_decide_and_else_the_nearest_explain()
    {
        PolicyRule off = Mint with { Id = Rule(9), IsEnabled = false };
        PolicyRule narrow = Mint with { Id = Rule(8), Arguments = [new AnyArgument(), new MaxArgument(1)] };

        Assert.Equal(Mint.Id, Judge(Call, off, narrow, Mint).RuleId);
        Assert.Equal((narrow.Id, PolicyReason.ArgumentNotAllowed), Nearest(Judge(Call, off, narrow)));
        Assert.Equal([off.Id, Mint.Id], new PolicyEngine([off, Mint]).Candidates(Call));
    }

    [Theory]
    [InlineData("2025-06-18T09:00:00Z", true)]
    [InlineData("2025-06-18T16:59:59Z", true)]
    [InlineData("2025-06-18T17:00:00Z", false)]
    [InlineData("2025-06-18T08:59:59Z", false)]
    [InlineData("2025-06-19T12:00:00Z", false)]
    [InlineData("2025-06-19T00:30:00+09:00", true)]
    public void Keeps_its_window_in_utc(string instant, bool isInside) =>
        Assert.Equal(
            isInside,
            Mint.Window!.Contains(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Decides_among_500_rules_in_well_under_a_millisecond()
    {
        ImmutableArray<PolicyRule> rules =
        [
            .. Enumerable.Range(1, 499).Select(i => Mint with
            {
                Id = Rule(i),
                Contracts = [new Address([.. new byte[16], .. BitConverter.GetBytes(i)])],
            }),
            Mint,
        ];
        var engine = new PolicyEngine(rules);
        _ = engine.Evaluate(Call, PolicyUsages.None, Now);

        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < 1000; i++) Assert.True(engine.Evaluate(Call, PolicyUsages.None, Now).IsAllowed);

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1), "1,000 calls in a second at least");
    }

    [Fact]
    public void Reads_back_a_rule_from_its_json()
    {
        PolicyRule rule = Mint with
        {
            Arguments = [new OneOfArgument([Friend]), new EqualsArgument("7")],
            Window = null,
        };

        string json = PolicyJson.Write(rule);
        var read = (PolicyRule)PolicyJson.Read(PolicyKind.Rule, json);

        Assert.Contains("""{"kind":"one_of","addresses":["0x""", json, StringComparison.Ordinal);
        Assert.Equal(json, PolicyJson.Write(read));
        Assert.True(Judge(Call, read).IsAllowed);
    }

    [Theory]
    [InlineData("\"version\":3", "\"version\":3,\"more\":1")]
    [InlineData("\"kind\":\"max\"", "\"kind\":\"least\"")]
    [InlineData("\"operator\"", "\"king\"")]
    [InlineData("\"wednesday\"", "3")]
    [InlineData("\"nativeValueMax\":\"10\",", "")]
    public void Refuses_json_that_is_no_rule(string part, string replacement)
    {
        string json = PolicyJson.Write(Mint);
        Assert.Contains(part, json, StringComparison.Ordinal);

        Assert.ThrowsAny<System.Text.Json.JsonException>(
            () => PolicyJson.Read(PolicyKind.Rule, json.Replace(part, replacement, StringComparison.Ordinal)));
    }

    private static (PolicyRuleId?, PolicyReason) Nearest(PolicyVerdict verdict) => (verdict.RuleId, verdict.Reason);

    private static PolicyRuleId Rule(int number) => new(new Guid(number, 0, 0, new byte[8]));

    private static PolicyVerdict Judge(TransactionCall call, params PolicyRule[] rules) =>
        new PolicyEngine(rules).Evaluate(call, PolicyUsages.None, Now);

    private static PolicyReason Judge(PolicyRule rule, TransactionCall call, PolicyUsage used, DateTimeOffset now)
    {
        PolicyUsages usages = PolicyUsages.None with
        {
            Rules = PolicyUsages.None.Rules.Add(rule.Id, used),
        };
        return new PolicyEngine([rule]).Evaluate(call, usages, now).Reason;
    }
}
