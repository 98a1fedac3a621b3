using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>Random requests through HTTP: refused with a documented code, and never allowed unless a rule names it.
/// </summary>
[Collection(SigningCollection.Name)]
public sealed class RequestFuzzTests(SigningWorld world)
{
    private const int RequestsMax = 400;

    private static readonly string[] s_documented =
    [
        "invalid_request", "payload_too_large", "chain_unknown", "signer_unavailable", "policy_denied",
        "simulation_failed",
    ];

    private static readonly string[] s_kinds =
    [
        "call", "transfer", "deploy", "mint", "mint_batch", "transfer_erc20", "transfer_erc721", "transfer_erc1155",
        "refund", "approve", "approve_all", "steal", "",
    ];

    private static readonly string[] s_members =
    [
        "to", "data", "valueWei", "contract", "tokenId", "amount", "items", "spender", "operator", "isApproved",
        "purchaseId", "reference", "signer", "whenFeesExceed", "feePerGasWeiMax",
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Random_transactions_are_refused_as_documented(int seed)
    {
        Fuzz fuzz = new(seed);
        long before = await world.ReadAsync<long>("SELECT count(*) FROM transactions");
        for (int i = 0; i < RequestsMax; i++)
            await RefusedAsync("/v1/transactions", Transaction(fuzz), seed, i);

        Assert.Equal(before, await world.ReadAsync<long>("SELECT count(*) FROM transactions"));
    }

    [Theory]
    [InlineData(3)]
    public async Task Random_typed_data_is_refused_as_documented(int seed)
    {
        Fuzz fuzz = new(seed);
        long before = await world.ReadAsync<long>("SELECT count(*) FROM audit WHERE action = 'signature.request'");
        for (int i = 0; i < RequestsMax; i++)
            await RefusedAsync("/v1/signatures", Signature(fuzz), seed, i);

        Assert.Equal(
            before, await world.ReadAsync<long>("SELECT count(*) FROM audit WHERE action = 'signature.request'"));
    }

    /// <summary>One rule names a payment of at most 5 to one address: nothing else gets through beside it.</summary>
    [Fact]
    public async Task Random_amounts_pass_only_where_the_rule_names_them()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "5", countMax: 1000));
        Fuzz fuzz = new(4);
        for (int i = 0; i < 150; i++)
        {
            string value = fuzz.Amount();
            JsonObject request = OperationStory.Ask("transfer", ("to", to.ToString()), ("valueWei", value));

            ApiAnswer answer = await world.AskAsync(request);

            bool isNamed = value is "0" or "1" or "2" or "3" or "4" or "5";
            Assert.True(
                isNamed ? answer.Status == 202 : s_documented.Contains(answer.Code), $"{i}: {value} {answer.Json}");
        }

        await world.SettleAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"call\"")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"kind\":\"call\"")]
    [InlineData("{\"kind\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"description\":\"\\ud800\",\"chainId\":1,\"to\":\"0x01\",\"valueWei\":\"1\",\"kind\":\"transfer\"}")]
    [InlineData("{\"kind\":{\"kind\":\"call\"}}")]
    public async Task Broken_json_is_an_invalid_request(string json)
    {
        foreach (string path in (string[])["/v1/transactions", "/v1/signatures", "/v1/signature-types"])
        {
            ApiAnswer answer = await world.Operator.Api.PostAsync(path, json, Cancelled);

            Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        }
    }

    [Theory]
    [InlineData(40)]
    [InlineData(5_000)]
    public async Task Deep_nesting_is_an_invalid_request(int depth)
    {
        string deep = new StringBuilder().Insert(0, "[", depth).Append(']', depth).ToString();
        string json = $$"""{"chainId":1,"description":"d","items":{{deep}},"typedData":{{deep}},"kind":"mint_batch"}""";

        foreach (string path in (string[])["/v1/transactions", "/v1/signatures"])
            Assert.Equal("invalid_request", (await world.Operator.Api.PostAsync(path, json, Cancelled)).Code);
    }

    [Fact]
    public async Task Huge_arrays_are_refused()
    {
        JsonArray items =
        [
            .. Enumerable.Range(0, 2_000).Select(i => new JsonObject { ["tokenId"] = $"{i}", ["amount"] = "1" }),
        ];
        JsonObject request = OperationStory.Ask(
            "mint_batch", ("contract", world.NewAddress().ToString()), ("to", world.NewAddress().ToString()),
            ("items", items));

        ApiAnswer many = await world.AskAsync(request);
        ApiAnswer heavy = await world.Operator.Api.PostAsync(
            "/v1/transactions", request.ToJsonString() + new string(' ', 200_000), Cancelled);

        Assert.Equal(("invalid_request", "$.items"), (many.Code, many.Text("field")));
        Assert.Equal("payload_too_large", heavy.Code);
    }

    private async Task RefusedAsync(string path, string json, int seed, int number)
    {
        ApiAnswer answer = await world.Operator.Api.PostAsync(path, json, Cancelled);

        Assert.True(s_documented.Contains(answer.Code), $"Seed {seed}, request {number}: {answer.Status} {json}");
    }

    private static string Transaction(Fuzz fuzz)
    {
        List<string> members = [$"\"kind\":\"{fuzz.Pick(s_kinds)}\"", "\"description\":\"d\""];
        members.Add($"\"chainId\":{fuzz.Pick("1", "1", "1", "5", "0", "-1", "\"1\"", "1e3")}");
        int count = fuzz.Next(7);
        for (int i = 0; i < count; i++)
            members.Add($"\"{fuzz.Pick(s_members)}\":{fuzz.Value(3)}");
        return $"{{{string.Join(',', fuzz.Shuffle(members))}}}";
    }

    private static string Signature(Fuzz fuzz)
    {
        string contract = fuzz.Pick("address", "address", "uint256", "address[]", "Mail");
        string member = fuzz.Pick("address", "uint8", "bytes32", "Mail", "string[2][]", "tuple");
        string types = fuzz.Next(4) == 0
            ? fuzz.Value(3)
            : $$$"""
                {"EIP712Domain":[{"name":"chainId","type":"uint256"},
                {"name":"verifyingContract","type":"{{{contract}}}"}],"Mail":[{"name":"to","type":"{{{member}}}"}]}
                """;
        string domain = $$$"""{"chainId":{{{fuzz.Value(1)}}},"verifyingContract":{{{fuzz.Value(1)}}} }""";
        string data = $$$"""
            {"types":{{{types}}},"primaryType":"{{{fuzz.Pick("Mail", "EIP712Domain", "")}}}",
            "domain":{{{domain}}},"message":{"to":{{{fuzz.Value(2)}}} } }
            """;
        string signed = fuzz.Next(8) == 0 ? fuzz.Value(4) : data;
        return $$$"""{"chainId":1,"description":"d","typedData":{{{signed}}} }""";
    }

    /// <summary>A seed's worth of odd values.</summary>
    private sealed class Fuzz(int seed)
    {
        private readonly Random _random = new(seed);

        internal int Next(int max) => _random.Next(max);

        internal string Pick(params ReadOnlySpan<string> among) => among[_random.Next(among.Length)];

        internal List<string> Shuffle(List<string> items) => [.. items.OrderBy(_ => _random.Next())];

        /// <summary>Numbers of every size and none, as a text.</summary>
        internal string Amount() => _random.Next(9) switch
        {
            0 => "0",
            1 => "-1",
            2 => (BigInteger.One << 256).ToString(CultureInfo.InvariantCulture),
            3 => ((BigInteger.One << 256) - 1).ToString(CultureInfo.InvariantCulture),
            4 => "1.5",
            5 => "1e3",
            6 => "01",
            7 => new string('9', 400),
            _ => _random.Next(12).ToString(CultureInfo.InvariantCulture),
        };

        internal string Value(int depth) => _random.Next(depth > 0 ? 11 : 8) switch
        {
            0 => "null",
            1 => Pick("true", "false"),
            2 => Pick("0", "-1", "1.5", "1e400", $"{BigInteger.One << 256}"),
            3 => $"\"{Amount()}\"",
            4 => $"\"{Octets(20)}\"",
            5 => $"\"{Octets(_random.Next(200))}\"",
            6 => $"\"{Pick("0x", "0xg", "", "\\u0000", "\\u202e", "0x0000000000000000000000000000000000000000")}\"",
            7 => $"\"{Guid.NewGuid()}\"",
            8 => $"[{Value(depth - 1)},{Value(depth - 1)}]",
            9 => $$$"""{"tokenId":{{{Value(0)}}},"amount":{{{Value(0)}}} }""",
            _ => $$$"""{"a":{{{Value(depth - 1)}}},"a":1}""",
        };

        private string Octets(int length)
        {
            byte[] bytes = new byte[length];
            _random.NextBytes(bytes);
            return Hex.Encode(bytes);
        }
    }
}
