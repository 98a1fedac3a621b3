using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Domain.Signing;

namespace Souk.Domain.Tests.Signing;

/// <summary>Random policies, calls and amounts, from fixed seeds.</summary>
public sealed class PolicyFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Allows_exactly_what_a_simple_reading_of_the_rules_allows(int seed)
    {
        var cases = new PolicyCases(seed);
        int allowed = 0;
        int calls = 0;
        for (int i = 0; i < 400; i++)
        {
            List<PolicyContent> policies = cases.Policies();
            Assert.All(policies, it => Assert.Null(it.Fault()));
            var engine = new PolicyEngine(policies);
            for (int j = 0; j < 100; j++, calls++)
            {
                TransactionCall call = cases.OneIn(2) ? cases.Call() : cases.Call(policies);
                PolicyUsages usages = cases.OneIn(2) ? PolicyUsages.None : cases.Usages(policies);
                DateTimeOffset now = SampleRules.Now.AddHours(cases.Below(200));

                PolicyVerdict verdict = engine.Evaluate(call, usages, now);
                HashSet<PolicyRuleId> expected = ReferencePolicy.Allowing(policies, call, usages, now);

                Assert.True(verdict.IsAllowed == expected.Count > 0, $"set {i}, call {j}: {verdict}");
                Assert.True(!verdict.IsAllowed || expected.Contains(verdict.RuleId!.Value));
                Assert.True(!verdict.IsAllowed || new UInt256(verdict.Amount) <= UInt256.MaxValue);
                if (verdict.IsAllowed) allowed++;
            }
        }

        // Else the test would have proven nothing.
        Assert.InRange(allowed, calls / 20, calls / 2);
    }

    [Fact]
    public void Says_of_a_call_what_its_findings_say()
    {
        var cases = new PolicyCases(4);
        for (int i = 0; i < 2_000; i++)
        {
            List<PolicyContent> policies = cases.Policies();
            TransactionCall call = cases.Call(policies);
            PolicyUsages usages = cases.Usages(policies);
            var engine = new PolicyEngine(policies);

            PolicyVerdict verdict = engine.Evaluate(call, usages, SampleRules.Now);
            ImmutableArray<PolicyFinding> findings = engine.Explain(call, usages, SampleRules.Now);

            PolicyReason furthest = findings.IsEmpty
                ? PolicyReason.NothingNamed
                : findings.Max(it => it.Verdict.Reason);
            Assert.Equal(furthest, verdict.Reason);
            Assert.Equal(engine.Candidates(call), findings.Select(it => it.Rule.Id));
        }
    }

    [Fact]
    public void Reads_or_refuses_damaged_policies_and_never_allows_by_a_faulty_one()
    {
        var cases = new PolicyCases(5);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            List<PolicyContent> policies = cases.Policies();
            PolicyContent whole = policies[cases.Below(policies.Count)];
            byte[] text = Encoding.UTF8.GetBytes(PolicyJson.Write(whole));
            for (int j = cases.Below(3); j >= 0; j--)
                text[cases.Below(text.Length)] = (byte)"0123456789\"[]{},:-.xeE \\u"[cases.Below(25)];
            try
            {
                PolicyContent damaged = PolicyJson.Read(whole.Kind, Encoding.UTF8.GetString(text));
                PolicyVerdict verdict = new PolicyEngine([damaged]).Evaluate(
                    cases.Call([whole, .. policies]), PolicyUsages.None, SampleRules.Now);
                Assert.True(damaged.Fault() is null || !verdict.IsAllowed);
                read++;
            }
            catch (JsonException)
            {
                // The only refusal there may be.
            }
        }

        Assert.InRange(read, 500, 19_500);
    }

    [Fact]
    public void Judges_huge_arrays_in_linear_time_and_sums_without_overflow()
    {
        var function = AbiFunction.Parse("airdrop(address[],uint256[])");
        PolicyRule rule = SampleRules.Rule(
            function.Signature, new AnyArgument(), new AmountArgument(UInt256.MaxValue, UInt256.MaxValue));
        AbiValue[] most = [.. Enumerable.Repeat((AbiValue)UInt256.MaxValue, 1_000)];
        AbiValue[] ones = [.. Enumerable.Repeat((AbiValue)1UL, 1_000)];

        PolicyVerdict tooMuch = SampleRules.Judge(
            SampleRules.Call(function.Encode(AbiValue.ListOf(), AbiValue.ListOf(most))), rule);
        PolicyVerdict fine = SampleRules.Judge(
            SampleRules.Call(function.Encode(AbiValue.ListOf(), AbiValue.ListOf(ones))), rule);

        Assert.Equal(PolicyReason.ArgumentNotAllowed, tooMuch.Reason);
        Assert.Equal(1_000, fine.Amount);
    }
}
