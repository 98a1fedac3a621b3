using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Purchases;
using Souk.Domain.Signing;
using Souk.Domain.Tokens;

namespace Souk.Domain.Tests.Signing;

/// <summary>What each operation comes to; the call data is viem's, its words written without leading zeros.</summary>
public sealed class OperationsTests
{
    private const string Me = "1111111111111111111111111111111111111111";
    private const string You = "2222222222222222222222222222222222222222";

    private static readonly Address s_me = Address.Parse("0x" + Me);
    private static readonly Address s_you = Address.Parse("0x" + You);
    private static readonly Address s_token = Address.Parse("0x3333333333333333333333333333333333333333");
    private static readonly ChainId s_chain = new(31337);
    private static readonly TokenId s_seven = new(7);

    private static readonly ImmutableArray<TokenAmount> s_items =
        [new TokenAmount(s_seven, 3), new TokenAmount(new TokenId(8), 4)];

    public static TheoryData<string, Operation, string> Vectors => new()
    {
        {
            "mint(address,uint256)",
            new MintOperation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, To = s_you, TokenId = s_seven,
            },
            $"40c10f19 {You} 7"
        },
        {
            "mint(address,uint256,uint256,bytes)",
            new MintOperation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, To = s_you, TokenId = s_seven, Amount = 3,
            },
            $"731133e9 {You} 7 3 80 0"
        },
        {
            "mintBatch(address,uint256[],uint256[],bytes)",
            new MintBatchOperation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, To = s_you, Items = s_items,
            },
            $"1f7fdffa {You} 80 e0 140 2 7 8 2 3 4 0"
        },
        {
            "transfer(address,uint256)",
            new TransferErc20Operation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, To = s_you,
                Amount = UInt256.Parse("1000000000000000000000000"),
            },
            $"a9059cbb {You} d3c21bcecceda1000000"
        },
        {
            "safeTransferFrom(address,address,uint256)",
            new TransferErc721Operation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, To = s_you, TokenId = s_seven,
            },
            $"42842e0e {Me} {You} 7"
        },
        {
            "safeTransferFrom(address,address,uint256,uint256,bytes)",
            new TransferErc1155Operation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, To = s_you, Items = [s_items[0]],
            },
            $"f242432a {Me} {You} 7 3 a0 0"
        },
        {
            "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
            new TransferErc1155Operation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, To = s_you, Items = s_items,
            },
            $"2eb2c2d6 {Me} {You} a0 100 160 2 7 8 2 3 4 0"
        },
        {
            "approve(address,uint256) of an amount",
            new ApproveOperation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, Spender = s_you, Amount = 9,
            },
            $"095ea7b3 {You} 9"
        },
        {
            "approve(address,uint256) of a token",
            new ApproveOperation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, Spender = s_you, TokenId = s_seven,
            },
            $"095ea7b3 {You} 7"
        },
        {
            "setApprovalForAll(address,bool)",
            new ApproveAllOperation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, Operator = s_you, IsApproved = true,
            },
            $"a22cb465 {You} 1"
        },
        {
            "a refund in a token",
            new RefundOperation
            {
                ChainId = s_chain, Description = "d", Contract = s_token, To = s_you, Amount = 9, Reference = "r",
            },
            $"a9059cbb {You} 9"
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Comes_to_the_call_that_the_standard_names(string function, Operation operation, string expected)
    {
        Assert.NotEmpty(function);
        OperationCall call = operation.Encode(s_me).OrThrow();

        string[] words = expected.Split(' ');
        string data = "0x" + words[0] + string.Concat(words.Skip(1).Select(word => word.PadLeft(64, '0')));
        Assert.Equal((s_token, Wei.Zero, data), (call.To, call.Value, Hex.Encode(call.Data.Span)));
    }

    [Fact]
    public void Pays_native_coin_without_call_data()
    {
        TransferOperation transfer = new()
        {
            ChainId = s_chain, Description = "d", To = s_you, ValueWei = Wei.FromUlong(5),
        };
        RefundOperation refund = new()
        {
            ChainId = s_chain, Description = "d", To = s_you, Amount = 6, PurchaseId = new PurchaseId(Guid.Empty),
        };

        OperationCall paid = transfer.Encode(s_me).OrThrow();
        OperationCall back = refund.Encode(s_me).OrThrow();

        Assert.Equal((s_you, Wei.FromUlong(5), 0), (paid.To, paid.Value, paid.Data.Length));
        Assert.Equal((s_you, Wei.FromUlong(6), 0), (back.To, back.Value, back.Data.Length));
        Assert.Equal($"purchase/{Guid.Empty}", refund.RefundOf);
    }

    [Fact]
    public void Creates_a_contract_by_calling_nobody()
    {
        OperationCall call = Deploy("0x6000").Encode(s_me).OrThrow();

        Assert.Null(call.To);
        Assert.Equal("0x6000", Hex.Encode(call.Data.Span));
    }

    public static TheoryData<string, Operation> Faults => new()
    {
        { "$.data", Deploy("0x") },
        { "$.data", Deploy("0x0") },
        { "$.data", Deploy("6000") },
        { "$.data", Deploy("0x" + new string('0', 2 * (Operation.DataBytesMax + 1))) },
        { "$.description", Deploy("0x00") with { Description = "" } },
        { "$.description", Deploy("0x00") with { Description = "one\ntwo" } },
        { "$.description", Deploy("0x00") with { Description = new string('d', 201) } },
        { "$.feePerGasWeiMax", Deploy("0x00") with { FeePerGasWeiMax = Wei.Zero } },
        { "$.to", new TransferOperation { ChainId = s_chain, Description = "d", To = default, ValueWei = default } },
        {
            "$.contract",
            new MintOperation
            {
                ChainId = s_chain, Description = "d", Contract = default, To = s_you, TokenId = s_seven,
            }
        },
        { "$.items", Batch([]) },
        { "$.items", Batch(default) },
        { "$.items", Batch([.. Enumerable.Repeat(s_items[0], 201)]) },
        { "$.amount", Approve(null, null) },
        { "$.amount", Approve(1, s_seven) },
        { "$.reference", Refund(null, null, 1) },
        { "$.reference", Refund(new PurchaseId(Guid.Empty), "both", 1) },
        { "$.reference", Refund(null, "", 1) },
        { "$.reference", Refund(null, "one\0two", 1) },
        { "$.reference", Refund(null, new string('r', 101), 1) },
        { "$.amount", Refund(null, "r", 0) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Names_the_field_that_is_wrong(string field, Operation operation)
    {
        Decision<OperationCall> decision = operation.Encode(s_me);

        Assert.Equal((FailureCode.InvalidRequest, field), (decision.Failure!.Code, decision.Failure.Field));
    }

    [Fact]
    public void Knows_a_type_for_every_kind()
    {
        Type[] types = [.. Enum.GetValues<OperationKind>().Select(OperationJsonConverter.TypeOf)];

        Assert.Equal(types.Length, types.Distinct().Count());
    }

    private static DeployOperation Deploy(string data) =>
        new() { ChainId = s_chain, Description = "d", Data = data, ValueWei = Wei.Zero };

    private static MintBatchOperation Batch(ImmutableArray<TokenAmount> items) =>
        new() { ChainId = s_chain, Description = "d", Contract = s_token, To = s_you, Items = items };

    private static ApproveOperation Approve(UInt256? amount, TokenId? token) => new()
    {
        ChainId = s_chain, Description = "d", Contract = s_token, Spender = s_you, Amount = amount, TokenId = token,
    };

    private static RefundOperation Refund(PurchaseId? purchase, string? reference, ulong amount) => new()
    {
        ChainId = s_chain, Description = "d", To = s_you, Amount = amount, PurchaseId = purchase, Reference = reference,
    };
}
