using Souk.Domain.Chain;
using Souk.Domain.Signing;

namespace Souk.Domain.Tests.Signing;

/// <summary>The revert data is viem's.</summary>
public sealed class RevertReasonTests
{
    private const string Taken = "0x6d206e54"
        + "0000000000000000000000000000000000000000000000000000000000000005"
        + "0000000000000000000000002222222222222222222222222222222222222222";

    private const string NoMoney = "0x08c379a0"
        + "0000000000000000000000000000000000000000000000000000000000000020"
        + "0000000000000000000000000000000000000000000000000000000000000008"
        + "6e6f0a6d6f6e6579000000000000000000000000000000000000000000000000";

    private static readonly ContractAbi s_contract =
        ContractAbi.Parse(["error Taken(uint256 id, address by)", "error Said(string)", "error Many(uint256[],bool)"]);

    [Theory]
    [InlineData("0x", "It would revert, and gives no reason.")]
    [InlineData("0x08c379", "It would revert, with octets that are no error.")]
    [InlineData("0x08c379a0", "It would revert with the unknown error 0x08c379a0.")]
    [InlineData(NoMoney, "It would revert: \"no\uFFFDmoney\".")]
    [InlineData(Taken, "It would revert with Taken(id: 5, by: 0x2222222222222222222222222222222222222222).")]
    [InlineData(Taken + "00", "It would revert with the unknown error 0x6d206e54.")]
    [InlineData("0xdeadbeef00", "It would revert with the unknown error 0xdeadbeef.")]
    public void Explains_what_a_call_answered(string data, string expected) =>
        Assert.Equal(expected, RevertReason.Explain(Hex.Decode(data), s_contract));

    [Fact]
    public void Names_the_selector_of_an_error_that_nobody_registered() => Assert.Equal(
        "It would revert with the unknown error 0x6d206e54.", RevertReason.Explain(Hex.Decode(Taken), null));

    [Theory]
    [InlineData(0x01, "an assertion does not hold")]
    [InlineData(0x11, "a number overflows")]
    [InlineData(0x12, "a division by zero")]
    [InlineData(0x21, "a number is no member of its enum")]
    [InlineData(0x22, "a storage array is badly encoded")]
    [InlineData(0x31, "an empty array has nothing to pop")]
    [InlineData(0x32, "an index is out of bounds")]
    [InlineData(0x41, "too much memory is asked for")]
    [InlineData(0x51, "a function that was never set is called")]
    [InlineData(0x99, "for the reason 0x99")]
    public void Explains_the_codes_of_a_panic(ulong code, string expected)
    {
        byte[] data = AbiFunction.Parse("Panic(uint256)").Encode(code);

        Assert.Equal($"It would panic: {expected}.", RevertReason.Explain(data, null));
    }

    [Fact]
    public void Shows_arrays_and_truths()
    {
        AbiValue.List numbers = new([.. Enumerable.Range(1, 9).Select(it => (AbiValue)(ulong)it)]);
        byte[] data = AbiFunction.Parse("Many(uint256[],bool)").Encode(numbers, true);

        Assert.Equal(
            "It would revert with Many([1, 2, 3, 4, 5, 6, 7, 8, …], true).", RevertReason.Explain(data, s_contract));
    }

    [Theory]
    [InlineData("a\r\nb", "a\uFFFD\uFFFDb")]
    [InlineData("a\u202Eb", "a\uFFFDb")]
    [InlineData("a\u0000b", "a\uFFFDb")]
    [InlineData("a\u2028b", "a\uFFFDb")]
    [InlineData("grüße 🙂", "grüße 🙂")]
    public void Takes_out_what_changes_how_a_line_is_shown(string text, string expected) =>
        Assert.Equal(expected, RevertReason.Clean(text));

    [Fact]
    public void Cuts_long_texts()
    {
        byte[] data = AbiFunction.Parse("Said(string)").Encode(new string('x', 9_000));
        byte[] longer = AbiFunction.Parse("Said(string)").Encode(new string('x', 90_000));

        Assert.InRange(RevertReason.Explain(data, s_contract).Length, 200, 240);
        Assert.InRange(RevertReason.Explain(longer, s_contract).Length, 30, 60);
    }
}
