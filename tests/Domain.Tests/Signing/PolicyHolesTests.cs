using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using static Souk.Domain.Tests.Signing.SampleRules;

namespace Souk.Domain.Tests.Signing;

/// <summary>Holes that signing policies elsewhere had, or could have had: each is closed here.</summary>
public sealed class PolicyHolesTests
{
    private static readonly AbiFunction Transfer = AbiFunction.Parse("transfer(address,uint256)");
    private static readonly AbiFunction Batch = AbiFunction.Parse("batch(address[],uint256[])");

    private static readonly PolicyRule Send = Rule(
        Transfer.Signature, new OneOfArgument([Friend]), new AmountArgument(100));

    private static readonly PolicyRule SendMany = Rule(
        Batch.Signature, new OneOfArgument([Friend]), new AmountArgument(100));

    public static TheoryData<string, TransactionCall> Unnamed => new()
    {
        { "approve", Call(AbiFunction.Parse("approve(address,uint256)").Encode(Stranger, UInt256.MaxValue)) },
        { "setApprovalForAll", Call(AbiFunction.Parse("setApprovalForAll(address,bool)").Encode(Stranger, true)) },
        { "transferOwnership", Call(AbiFunction.Parse("transferOwnership(address)").Encode(Stranger)) },
        { "multicall of what is named", Call(AbiFunction.Parse("multicall(bytes[])")
            .Encode(AbiValue.ListOf((AbiValue)Transfer.Encode(Friend, 1)))) },
        { "execute through a proxy", Call(AbiFunction.Parse("execute(address,uint256,bytes)")
            .Encode(Token, 0UL, Transfer.Encode(Friend, 1))) },
        { "the receive function", Call([]) },
        { "the fallback function", Call([0xa9]) },
        { "the fallback function, nearly named", Call([0xa9, 0x05, 0x9c]) },
        { "a deployment", Call(Transfer.Encode(Friend, 1)) with { To = null } },
        { "the same on another chain", Call(Transfer.Encode(Friend, 1)) with { ChainId = new ChainId(1) } },
        { "the same at another contract", Call(Transfer.Encode(Friend, 1)) with { To = Stranger } },
    };

    [Theory]
    [MemberData(nameof(Unnamed))]
    public void Nothing_that_nobody_named_is_allowed(string what, TransactionCall call)
    {
        PolicyVerdict verdict = Judge(call, Send, SendMany);

        Assert.True(verdict is { IsAllowed: false, RuleId: null, Reason: PolicyReason.NothingNamed }, what);
    }

    [Fact]
    public void A_rule_for_calls_pays_nothing_along_unless_it_says_so()
    {
        TransactionCall call = Call(Transfer.Encode(Friend, 1)) with { Value = Wei.FromUlong(1) };

        Assert.Equal(PolicyReason.NativeValueExceeded, Judge(call, Send).Reason);
    }

    public static TheoryData<string, byte[]> NotCanonical
    {
        get
        {
            byte[] transfer = Transfer.Encode(Friend, 1);
            byte[] batch = Batch.Encode(AbiValue.ListOf(Friend), AbiValue.ListOf(1UL));
            return new TheoryData<string, byte[]>
            {
                { "an octet behind", [.. transfer, 0] },
                { "a word behind", [.. transfer, .. new byte[32]] },
                { "a sender behind, as forwarders append it (ERC-2771)", [.. transfer, .. Stranger.ToArray()] },
                { "another call behind", [.. transfer, .. Transfer.Encode(Stranger, UInt256.MaxValue)] },
                { "the last octet cut off", transfer[..^1] },
                { "the selector alone", transfer[..4] },
                { "dirt above an address", With(transfer, 4, 1) },
                { "both arrays in one place", With(batch, 4 + 63, 0x40) },
                { "an array that begins elsewhere", With(batch, 4 + 31, 0x60) },
                { "a longer array than there is", With(batch, 4 + 64 + 31, 2) },
                { "a count of nearly 2^256", With(batch, 4 + 64, 0xff) },
                { "an offset of nearly 2^256", With(batch, 4, 0xff) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(NotCanonical))]
    public void What_a_contract_could_read_otherwise_is_undecodable(string what, byte[] data) =>
        Assert.True(Judge(Call(data), Send, SendMany).Reason == PolicyReason.CallUndecodable, what);

    [Fact]
    public void Another_function_of_the_same_selector_is_undecodable()
    {
        // Both hash to a9059cbb.
        PolicyRule harmless = Rule("many_msg_babbage(bytes1)", new AnyArgument());

        PolicyVerdict verdict = Judge(Call(Transfer.Encode(Stranger, UInt256.MaxValue)), harmless);

        Assert.Equal(PolicyReason.CallUndecodable, verdict.Reason);
    }

    [Fact]
    public void A_rule_of_the_same_selector_does_not_hide_the_one_that_fits()
    {
        PolicyRule harmless = Rule("many_msg_babbage(bytes1)", new AnyArgument());

        Assert.True(Judge(Call(Transfer.Encode(Friend, 1)), harmless, Send).IsAllowed);
        Assert.True(Judge(Call(Transfer.Encode(Friend, 1)), Send, harmless).IsAllowed);
    }

    [Fact]
    public void An_amount_cannot_be_split_over_an_array()
    {
        byte[] split = Batch.Encode(AbiValue.ListOf(Friend, Friend), AbiValue.ListOf(60UL, 60UL));
        byte[] hidden = Batch.Encode(AbiValue.ListOf(Friend, Stranger), AbiValue.ListOf(1UL, 1UL));

        Assert.Equal(PolicyReason.ArgumentNotAllowed, Judge(Call(split), SendMany).Reason);
        Assert.Equal(PolicyReason.ArgumentNotAllowed, Judge(Call(hidden), SendMany).Reason);
    }

    [Fact]
    public void Amounts_do_not_wrap_around_2_to_the_256()
    {
        byte[] wraps = Batch.Encode(AbiValue.ListOf(), AbiValue.ListOf(UInt256.MaxValue, 2UL));

        Assert.Equal(PolicyReason.ArgumentNotAllowed, Judge(Call(wraps), SendMany).Reason);
    }

    [Fact]
    public void What_was_used_does_not_wrap_around_2_to_the_256()
    {
        PolicyRule rule = Send with
        {
            NativeValueMax = new Wei(UInt256.MaxValue),
            Arguments = [new AnyArgument(), new AmountArgument(UInt256.MaxValue, 100)],
        };
        UsageSum most = new(1, UInt256.MaxValue.ToBigInteger(), UInt256.MaxValue.ToBigInteger());
        TransactionCall call = Call(Transfer.Encode(Friend, 1)) with { Value = Wei.FromUlong(1) };

        Assert.Equal(
            PolicyReason.HourlyCapExceeded, Judge(call, Used(rule, most, default), rule).Reason);
        Assert.Equal(
            PolicyReason.HourlyCapExceeded,
            Judge(call, Used(rule, most with { Value = 0 }, default), rule).Reason);
        Assert.Equal(
            PolicyReason.DailyCapExceeded,
            Judge(call, Used(rule, default, most with { Value = most.Value * 1_000_000 }), rule).Reason);
    }

    [Fact]
    public void An_empty_list_and_a_missing_list_allow_nobody()
    {
        PolicyRule listed = Rule(Transfer.Signature, new ListedArgument("payees"), new AnyArgument());
        RecipientList empty = new() { IsEnabled = true, Name = "payees", Addresses = [] };

        Assert.Equal(PolicyReason.ArgumentNotAllowed, Judge(Call(Transfer.Encode(Friend, 1)), listed).Reason);
        Assert.Equal(PolicyReason.ArgumentNotAllowed, Judge(Call(Transfer.Encode(Friend, 1)), listed, empty).Reason);
    }

    [Fact]
    public void Who_has_no_role_may_ask_for_nothing()
    {
        TransactionCall call = Call(Transfer.Encode(Friend, 1));

        Assert.Equal(PolicyReason.RoleNotAllowed, Judge(call with { Roles = [] }, Send).Reason);
        Assert.Equal(PolicyReason.RoleNotAllowed, Judge(call with { Roles = default }, Send).Reason);
        Assert.Equal(PolicyReason.RoleNotAllowed, Judge(call with { Roles = [Role.Trader] }, Send).Reason);
    }

    private static byte[] With(byte[] data, int at, byte value)
    {
        byte[] changed = [.. data];
        changed[at] = value;
        return changed;
    }
}
