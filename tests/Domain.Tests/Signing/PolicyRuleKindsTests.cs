using System.Numerics;
using Souk.Domain.Chain;
using Souk.Domain.Signing;
using static Souk.Domain.Tests.Signing.SampleRules;

namespace Souk.Domain.Tests.Signing;

/// <summary>What a rule can say besides contract, function and who may ask.</summary>
public sealed class PolicyRuleKindsTests
{
    private static readonly AbiFunction Transfer = AbiFunction.Parse("transfer(address,uint256)");
    private static readonly RecipientList Payees = new() { IsEnabled = true, Name = "payees", Addresses = [Friend] };

    private static readonly PolicyRule Send = Rule(
        "transfer(address,uint256)", new ListedArgument("payees"), new AmountArgument(100, 250, 300));

    [Fact]
    public void Names_the_wallets_that_may_send()
    {
        PolicyRule rule = Rule(null) with { Signers = [Wallet] };
        TransactionCall call = Call([]);

        Assert.True(Judge(call, rule).IsAllowed);
        Assert.Equal(
            PolicyReason.SignerNotAllowed,
            Judge(call with { Signer = new SignerId(new Guid(2, 0, 0, new byte[8])) }, rule).Reason);
    }

    [Fact]
    public void Allows_the_addresses_of_a_list_as_it_is_in_force()
    {
        TransactionCall call = Call(Transfer.Encode(Friend, 1));

        Assert.True(Judge(call, Send, Payees).IsAllowed);
        Assert.Equal(PolicyReason.ArgumentNotAllowed, Judge(call, Send).Reason);
        Assert.Equal(
            PolicyReason.ArgumentNotAllowed, Judge(call, Send, Payees with { IsEnabled = false }).Reason);
        Assert.Equal(
            PolicyReason.ArgumentNotAllowed, Judge(call, Send, Payees with { Addresses = [Stranger] }).Reason);
    }

    [Fact]
    public void Pays_the_addresses_of_a_list()
    {
        PolicyRule pay = Rule(null) with { Contracts = [], ContractList = "payees" };

        Assert.True(Judge(Call([]) with { To = Friend }, pay, Payees).IsAllowed);
        Assert.Equal(PolicyReason.NothingNamed, Judge(Call([]) with { To = Stranger }, pay, Payees).Reason);
        Assert.Equal(PolicyReason.NothingNamed, Judge(Call([]) with { To = Friend }, pay).Reason);
    }

    [Theory]
    [InlineData(100, 0, 0, PolicyReason.Allowed)]
    [InlineData(101, 0, 0, PolicyReason.ArgumentNotAllowed)]
    [InlineData(100, 150, 0, PolicyReason.Allowed)]
    [InlineData(100, 151, 0, PolicyReason.HourlyCapExceeded)]
    [InlineData(100, 0, 200, PolicyReason.Allowed)]
    [InlineData(100, 0, 201, PolicyReason.DailyCapExceeded)]
    public void Caps_an_amount_in_one_transaction_and_over_time(
        ulong amount, ulong hour, ulong day, PolicyReason expected)
    {
        PolicyUsages usages = Used(Send, new UsageSum(1, 0, hour), new UsageSum(1, 0, day));

        PolicyVerdict verdict = Judge(Call(Transfer.Encode(Friend, amount)), usages, Send, Payees);

        Assert.Equal(expected, verdict.Reason);
    }

    [Fact]
    public void Sums_the_amounts_of_an_array_of_structs()
    {
        var pay = AbiFunction.Parse("pay((address to,uint256 amount)[])");
        PolicyRule rule = Rule(
            pay.Signature, new MembersArgument([new OneOfArgument([Friend]), new AmountArgument(100)]));
        AbiValue[] parts = [AbiValue.TupleOf(Friend, 60), AbiValue.TupleOf(Friend, 41)];

        Assert.True(Judge(Call(pay.Encode(AbiValue.ListOf(parts[0]))), rule).IsAllowed);
        Assert.Equal(
            PolicyReason.ArgumentNotAllowed, Judge(Call(pay.Encode(AbiValue.ListOf(parts))), rule).Reason);
        Assert.Equal(
            PolicyReason.ArgumentNotAllowed,
            Judge(Call(pay.Encode(AbiValue.ListOf(AbiValue.TupleOf(Stranger, 1)))), rule).Reason);
    }

    [Fact]
    public void Says_what_a_call_adds_to_its_amount() =>
        Assert.Equal(new BigInteger(42), Judge(Call(Transfer.Encode(Friend, 42)), Send, Payees).Amount);

    [Fact]
    public void Deploys_the_code_that_a_rule_names_and_no_other()
    {
        PolicyRule rule = Deployment([1, 2, 3]);
        TransactionCall call = Call([1, 2, 3]) with { To = null };

        Assert.True(Judge(call, rule).IsAllowed);
        Assert.Equal(PolicyReason.NothingNamed, Judge(call with { Data = new byte[] { 1, 2, 3, 0 } }, rule).Reason);
        Assert.Equal(PolicyReason.NothingNamed, Judge(call with { To = Token }, rule).Reason);
        Assert.Equal(PolicyReason.NothingNamed, Judge(call, Rule(null), Send, Payees).Reason);
    }

    [Theory]
    [InlineData(false, 0, PolicyReason.SimulationMissing)]
    [InlineData(true, 50_000, PolicyReason.Allowed)]
    [InlineData(true, 50_001, PolicyReason.SimulationRefused)]
    public void Wants_to_see_a_simulation(bool isSimulated, long gas, PolicyReason expected)
    {
        PolicyRule rule = Rule(null) with { Simulation = new SimulationRule(50_000) };
        SimulationOutcome? outcome = isSimulated ? new SimulationOutcome(true, gas) : null;

        Assert.Equal(expected, Judge(Call([]) with { Simulation = outcome }, rule).Reason);
        Assert.Equal(
            PolicyReason.SimulationRefused,
            Judge(Call([]) with { Simulation = new SimulationOutcome(false, 0) }, rule).Reason);
    }

    [Theory]
    [InlineData(9, 0, PolicyReason.Allowed)]
    [InlineData(10, 0, PolicyReason.SignerHourlyCapExceeded)]
    [InlineData(0, 20, PolicyReason.SignerDailyCapExceeded)]
    public void Keeps_a_wallets_limit_whatever_rules_allow(long hour, long day, PolicyReason expected)
    {
        SignerLimit limit = new()
        {
            IsEnabled = true, SignerId = Wallet, Hourly = new VelocityCap(10, Wei.Zero), Daily = new(20, Wei.Zero),
        };
        PolicyUsages usages = PolicyUsages.None with
        {
            Signer = new PolicyUsage(new UsageSum(hour, 0, 0), new UsageSum(day, 0, 0)),
        };

        Assert.Equal(expected, Judge(Call([]), usages, Rule(null), limit).Reason);
        Assert.True(Judge(Call([]), usages, Rule(null), limit with { IsEnabled = false }).IsAllowed);
    }

    [Fact]
    public void Rechecks_what_a_rule_allows_now_but_not_who_asked_and_when()
    {
        PolicyRule rule = Rule(null) with
        {
            Window = new TimeWindow([Weekday.Friday], new TimeOnly(1, 0), new TimeOnly(2, 0)),
            Simulation = new SimulationRule(1),
        };
        TransactionCall call = Call([]) with { Roles = [] };

        Assert.True(new PolicyEngine([rule]).Recheck(rule.Id, call, PolicyUsages.None).IsAllowed);
        Assert.Equal(
            PolicyReason.RuleDisabled,
            new PolicyEngine([rule with { IsEnabled = false }]).Recheck(rule.Id, call, PolicyUsages.None).Reason);
        Assert.Equal(
            PolicyReason.NothingNamed,
            new PolicyEngine([rule with { Contracts = [Stranger] }])
                .Recheck(rule.Id, call, PolicyUsages.None).Reason);
    }

    [Fact]
    public void Explains_every_rule_that_names_the_call()
    {
        PolicyRule off = Rule(null) with { IsEnabled = false };
        PolicyRule other = Rule(null) with { Roles = [Souk.Domain.Sessions.Role.Admin] };

        Assert.Equal(
            [PolicyReason.RuleDisabled, PolicyReason.RoleNotAllowed, PolicyReason.Allowed],
            new PolicyEngine([off, other, Rule(null), Send]).Explain(Call([]), PolicyUsages.None, Now)
                .Select(it => it.Verdict.Reason));
    }

    public static TheoryData<string, PolicyRule> Useless => new()
    {
        { "$.title", Rule(null) with { Title = "" } },
        { "$.signers", Rule(null) with { Signers = [] } },
        { "$.contracts", Rule(null) with { Contracts = [] } },
        { "$.contracts", Rule(null) with { Contracts = [.. Enumerable.Range(1, 201).Select(Person)] } },
        { "$.contractList", Rule(null) with { ContractList = "No such name" } },
        { "$.simulation", Rule(null) with { Simulation = new SimulationRule(0) } },
        { "$.hourly", Rule(null) with { Hourly = new VelocityCap(-1, Wei.Zero) } },
        { "$.daily", Rule(null) with { Daily = new VelocityCap(-1, Wei.Zero) } },
        { "$.codeHashes", Deployment() },
        { "$.contracts", Deployment([1]) with { Contracts = [Token] } },
        { "$.contracts", Deployment([1]) with { ContractList = "payees" } },
        { "$.function", Deployment([1]) with { Function = "f()" } },
        { "$.arguments", Deployment([1]) with { Arguments = [new AnyArgument()] } },
        { "$.arguments", Rule("f(uint256,uint256)", new AmountArgument(1), new AmountArgument(1)) },
        { "$.arguments", Rule("f(address)", new AmountArgument(1)) },
        { "$.arguments", Rule("f(address)", new ListedArgument("-")) },
        { "$.arguments", Rule("f((address,uint256))", new MembersArgument([new AnyArgument()])) },
        { "$.arguments", Rule("f(uint256)", new MembersArgument([new AnyArgument()])) },
    };

    [Theory]
    [MemberData(nameof(Useless))]
    public void Refuses_what_could_not_be_kept(string field, PolicyRule rule)
    {
        Assert.Equal(field, rule.Fault()?.Field);
        Assert.Equal(PolicyReason.NothingNamed, Judge(Call([]), rule).Reason);
    }
}
