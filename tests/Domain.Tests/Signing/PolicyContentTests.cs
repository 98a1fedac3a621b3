using Souk.Domain.Chain;
using Souk.Domain.Signing;
using static Souk.Domain.Tests.Signing.SampleRules;

namespace Souk.Domain.Tests.Signing;

/// <summary>What one person may do alone: only what allows no more than before.</summary>
public sealed class PolicyContentTests
{
    private static readonly RecipientList List =
        new() { IsEnabled = true, Name = "payees", Addresses = [Friend, Stranger] };

    private static readonly SignerLimit Limit = new()
    {
        IsEnabled = true, SignerId = Wallet, Hourly = new VelocityCap(5, Wei.FromUlong(50)), Daily = new(9, Wei.Zero),
    };

    private static readonly RegisteredContract Contract = new()
    {
        IsEnabled = true, ChainId = Anvil, Address = Token, Name = "Token", Abi = ["function burn(uint256 id)"],
    };

    private static readonly PolicyRule Pay = Rule(null);

    public static TheoryData<string, PolicyContent, PolicyContent?, bool> Changes => new()
    {
        { "a new rule", Pay, null, false },
        { "a new rule, switched off", Pay with { IsEnabled = false }, null, true },
        { "a rule switched off", Pay with { IsEnabled = false, Version = 2 }, Pay, true },
        { "a rule switched off, and changed", Pay with { IsEnabled = false, Title = "Another" }, Pay, false },
        { "a rule switched on", Pay, Pay with { IsEnabled = false }, false },
        { "a smaller rule", Pay with { Hourly = new VelocityCap(1, Wei.Zero) }, Pay, false },
        { "a new list", List, null, false },
        { "an empty list", List with { Addresses = [] }, null, true },
        { "a list that lost one", List with { Addresses = [Friend] }, List, true },
        { "a list in another order", List with { Addresses = [Stranger, Friend] }, List, true },
        { "a list that won one", List with { Addresses = [Friend, Stranger, Token] }, List, false },
        { "a list that lost one and won one", List with { Addresses = [Friend, Token] }, List, false },
        { "a list switched off", List with { IsEnabled = false }, List, true },
        { "a list switched on", List, List with { IsEnabled = false }, false },
        { "a first limit", Limit, null, true },
        { "a lower limit", Limit with { Hourly = new VelocityCap(4, Wei.FromUlong(50)) }, Limit, true },
        { "a higher number", Limit with { Hourly = new VelocityCap(6, Wei.Zero) }, Limit, false },
        { "a higher value", Limit with { Daily = new VelocityCap(1, Wei.FromUlong(1)) }, Limit, false },
        { "a limit lifted", Limit with { IsEnabled = false }, Limit, false },
        { "a limit set again", Limit, Limit with { IsEnabled = false }, true },
        { "a new contract", Contract, null, false },
        { "another ABI", Contract with { Abi = [] }, Contract, false },
        { "a contract struck off", Contract with { IsEnabled = false }, Contract, true },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Tells_what_allows_no_more(string what, PolicyContent next, PolicyContent? inForce, bool isWithin) =>
        Assert.True(isWithin == next.IsWithin(inForce), what);

    [Fact]
    public void Survives_its_json()
    {
        PolicyContent[] all = [Pay, List, Limit, Contract, Rule("f((address,uint256[]),bytes)",
            new MembersArgument([new ListedArgument("payees"), new AmountArgument(1, null, 3)]), new AnyArgument())];

        Assert.All(all, it =>
        {
            string json = PolicyJson.Write(it);
            Assert.Equal(json, PolicyJson.Write(PolicyJson.Read(it.Kind, json)));
            Assert.Null(PolicyJson.Read(it.Kind, json).Fault());
        });
    }

    [Fact]
    public void Reads_a_rule_from_before_there_were_lists_and_limits()
    {
        const string json = """
            {"id":"00000000-0000-0000-0000-000000000007","version":1,"isEnabled":true,"title":"Pay","chainId":"31337",
            "contracts":["0x0000000000000000000000000000000000000001"],"nativeValueMax":"10","roles":["operator"],
            "hourly":{"countMax":1,"valueMax":"10"},"daily":{"countMax":1,"valueMax":"10"}}
            """;
        string asWritten = PolicyJson.Write(Pay);
        bool isNumber = asWritten.Contains("\"chainId\":31337", StringComparison.Ordinal);

        PolicyContent read = PolicyJson.Read(
            PolicyKind.Rule, isNumber ? json.Replace("\"31337\"", "31337", StringComparison.Ordinal) : json);

        Assert.Null(read.Fault());
    }

    public static TheoryData<string, PolicyContent> Faulty => new()
    {
        { "$.name", List with { Name = "Payees" } },
        { "$.name", List with { Name = "-payees" } },
        { "$.name", List with { Name = new string('a', 64) } },
        { "$.addresses", List with { Addresses = default } },
        { "$.addresses", List with { Addresses = [Address.Zero] } },
        { "$.addresses", List with { Addresses = [.. Enumerable.Range(1, 2001).Select(Person)] } },
        { "$.hourly", Limit with { Hourly = new VelocityCap(-1, Wei.Zero) } },
        { "$.daily", Limit with { Daily = new VelocityCap(-1, Wei.Zero) } },
        { "$.name", Contract with { Name = "" } },
        { "$.address", Contract with { Address = Address.Zero } },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Refuses_what_could_not_be_kept(string field, PolicyContent content) =>
        Assert.Equal(field, content.Fault()?.Field);
}
