using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;

namespace Souk.Domain.Tests.Signing;

public sealed class SignatureRuleTests
{
    private const string Contract = "0x3333333333333333333333333333333333333333";

    private static readonly SignerId s_wallet = new(new Guid("00000000-0000-0000-0000-0000000000f1"));

    private static readonly SignatureRule s_rule = new()
    {
        IsEnabled = true,
        ChainId = new ChainId(31337),
        VerifyingContract = Address.Parse(Contract),
        DomainName = "Post",
        DomainVersion = "1",
        PrimaryType = "Mail",
        // Keccak-256 of "Mail(address to,string text)", by viem.
        TypeHash = Bytes32.Parse("0x2cf4091b50038321fa3fb2263d324bbfdebde44f35d1b9acd9936eaf6b74216a"),
        Roles = [Role.Operator],
    };

    [Fact]
    public void Allows_the_type_that_it_names() =>
        Assert.Null(s_rule.Objection(Mail(), s_wallet, [Role.Operator]));

    public static TheoryData<string, SignatureRule, string> Others => new()
    {
        { "switched off", s_rule with { IsEnabled = false }, Mail().ToJson() },
        { "another chain", s_rule with { ChainId = new ChainId(1) }, Mail().ToJson() },
        { "another contract", s_rule with { VerifyingContract = new Address(new byte[20]) }, Mail().ToJson() },
        { "another type", s_rule with { TypeHash = default }, Mail().ToJson() },
        { "another name of a type", s_rule with { PrimaryType = "Post" }, Mail().ToJson() },
        { "another domain", s_rule with { DomainName = "Past" }, Mail().ToJson() },
        { "a domain without its version", s_rule with { DomainVersion = null }, Mail().ToJson() },
        { "another wallet", s_rule with { Signers = [new SignerId(Guid.Empty)] }, Mail().ToJson() },
        { "another role", s_rule with { Roles = [Role.Admin] }, Mail().ToJson() },
        { "a member more", s_rule, WithMember() },
        { "a salted domain", s_rule, Salted() },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Objects_to_anything_else(string what, SignatureRule rule, string json)
    {
        Assert.NotEmpty(what);
        Assert.NotNull(rule.Objection(TypedData.Parse(json), s_wallet, [Role.Operator]));
    }

    [Fact]
    public void Finds_no_contract_in_a_domain_of_another_chain_or_of_none()
    {
        TypedData bare = TypedData.Parse("""
            {"types":{"EIP712Domain":[{"name":"name","type":"string"}],"Mail":[{"name":"text","type":"string"}]},
            "primaryType":"Mail","domain":{"name":"Post"},"message":{"text":"hello"}}
            """);

        Assert.Null(SignatureRule.ContractOf(bare, new ChainId(31337)));
        Assert.Null(SignatureRule.ContractOf(Mail(), new ChainId(1)));
        Assert.Equal(s_rule.VerifyingContract, SignatureRule.ContractOf(Mail(), new ChainId(31337)));
    }

    [Fact]
    public void Reads_back_what_the_database_keeps()
    {
        string json = PolicyJson.Write(s_rule);

        Assert.Equal(json, PolicyJson.Write(PolicyJson.Read(PolicyKind.Signature, json)));
    }

    [Fact]
    public void Takes_a_second_person_for_anything_but_its_end()
    {
        Assert.False(s_rule.IsWithin(s_rule));
        Assert.True((s_rule with { IsEnabled = false }).IsWithin(s_rule));
    }

    private static TypedData Mail() => TypedData.Parse($$$"""
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},
        {"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
        "Mail":[{"name":"to","type":"address"},{"name":"text","type":"string"}]},"primaryType":"Mail",
        "domain":{"name":"Post","version":"1","chainId":31337,"verifyingContract":"{{{Contract}}}"},
        "message":{"to":"{{{Contract}}}","text":"hello"}}
        """);

    private static string WithMember() => Mail().ToJson()
        .Replace(
            "[{\"name\":\"to\"", "[{\"name\":\"all\",\"type\":\"bool\"},{\"name\":\"to\"", StringComparison.Ordinal)
        .Replace("\"message\":{", "\"message\":{\"all\":true,", StringComparison.Ordinal);

    private static string Salted() => Mail().ToJson()
        .Replace(
            "{\"name\":\"verifyingContract\",\"type\":\"address\"}]",
            "{\"name\":\"verifyingContract\",\"type\":\"address\"},{\"name\":\"salt\",\"type\":\"bytes32\"}]",
            StringComparison.Ordinal)
        .Replace(
            $"\"verifyingContract\":\"{Contract}\"",
            $"\"verifyingContract\":\"{Contract}\",\"salt\":\"{default(Bytes32)}\"",
            StringComparison.Ordinal);
}
