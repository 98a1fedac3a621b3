using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>Random requests, from fixed seeds: refused as documented, and nothing allowed that nobody named.</summary>
public sealed class PolicyApiFuzzTests(SigningWorld world) : IClassFixture<SigningWorld>
{
    private static readonly string[] Numbers =
    [
        "0", "1", "7", "10", "-1", "0.5", "1e18", "", "01", "0x10", "NaN",
        BigInteger.Pow(2, 256).ToString(CultureInfo.InvariantCulture),
        (BigInteger.Pow(2, 256) - 1).ToString(CultureInfo.InvariantCulture),
        new('9', 5_000),
    ];

    private static readonly string[] Texts =
    [
        "", "0x", "0x0", "mint(address,uint256)", "mint(address", "((((((((", "\ud800x", "payees", "operator", "any",
        "0x00000000000000000000000000000000000000c2", "00000000-0000-0000-0000-000000000001", "09:00:00", "25:00",
        "wednesday", "equals", "members", "amount", "uint256[999999999]", "f(uint256[1048576][1048576])",
    ];

    private static readonly AbiFunction[] Functions =
    [
        AbiFunction.Parse("mint(address,uint256)"), AbiFunction.Parse("approve(address,uint256)"),
        AbiFunction.Parse("multicall(bytes[])"), AbiFunction.Parse("airdrop(address[],uint256[])"),
    ];

    private static readonly string[] Refusals =
        ["invalid_request", "chain_unknown", "not_found", "conflict", "signer_unavailable", "payload_too_large"];

    private readonly List<Address> _people = [];
    private Random _random = new(0);

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Policies_of_every_shape_are_kept_or_refused_as_documented(int seed)
    {
        Begin(seed);
        int kept = 0;
        for (int i = 0; i < 150; i++)
        {
            (string path, JsonObject whole) = Whole();
            JsonNode damaged = whole;
            for (int j = _random.Next(3); j > 0; j--) damaged = Damaged(damaged);

            ApiAnswer answer = await SendAsync(path, damaged.ToJsonString());

            Assert.True(
                answer.Status == 201 || Refusals.Contains(answer.Code),
                $"{answer.Status} {answer.Code} for {path} {damaged.ToJsonString()}");
            if (answer.Status == 201) kept++;
        }

        Assert.InRange(kept, 10, 140);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task Calls_of_every_shape_are_judged_or_refused_and_none_is_allowed_that_no_rule_names(int seed)
    {
        Begin(seed);
        await world.EnactAsync(world.MintRule(_people[0], _people[1]));
        await world.EnactAsync(SigningStory.PayRule(_people[2], "10", countMax: 1_000));
        int allowed = 0;
        for (int i = 0; i < 300; i++)
        {
            JsonObject call = Call();

            ApiAnswer answer = await SendAsync("/v1/policies/evaluate", call.ToJsonString());

            Assert.True(
                answer.Status == 200 || Refusals.Contains(answer.Code),
                $"{answer.Status} {answer.Code} for {call.ToJsonString()}");
            if (answer.Status != 200 || !answer.Json.GetProperty("isAllowed").GetBoolean()) continue;
            Assert.True(IsNamed(call), call.ToJsonString());
            allowed++;
        }

        Assert.InRange(allowed, 5, 200);
    }

    [Fact]
    public async Task Requests_of_every_shape_are_refused_as_documented_when_no_rule_names_them()
    {
        Begin(31);
        for (int i = 0; i < 150; i++)
        {
            JsonObject call = Call();
            call["description"] = "A guess.";
            if (IsNamed(call)) continue;

            ApiAnswer answer = await SendAsync("/v1/transactions", call.ToJsonString());

            Assert.True(
                answer.Code == "policy_denied" || Refusals.Contains(answer.Code),
                $"{answer.Status} {answer.Code} for {call.ToJsonString()}");
        }
    }

    private void Begin(int seed)
    {
        _random = new Random(seed);
        _people.AddRange(Enumerable.Range(0, 4).Select(_ => world.NewAddress()));
    }

    private Task<ApiAnswer> SendAsync(string path, string json) =>
        world.Operator.Api.PostAsync(path, json, TestContext.Current.CancellationToken);

    /// <summary>The rules of the test once more, read from the texts alone.</summary>
    private bool IsNamed(JsonObject call)
    {
        string to = call["to"]?.GetValue<string>() ?? "";
        string data = call["data"]!.GetValue<string>();
        string value = call["valueWei"]!.GetValue<string>();
        if (call["chainId"]!.ToJsonString() != "1") return false;
        if (data == "0x" && Is(to, _people[2]))
            return BigInteger.TryParse(value, CultureInfo.InvariantCulture, out BigInteger wei) && wei <= 10;

        // mint(address,uint256): a selector and two words, the first an address of the two.
        return Is(to, world.Chain.Contracts.Collection) && value == "0" && data.Length == 2 + 8 + 128
            && data.StartsWith("0x40c10f19", StringComparison.Ordinal)
            && data[10..34].All(it => it == '0')
            && (Is($"0x{data[34..74]}", _people[0]) || Is($"0x{data[34..74]}", _people[1]));
    }

    private static bool Is(string text, Address address) =>
        string.Equals(text, address.ToString(), StringComparison.OrdinalIgnoreCase);

    private JsonObject Call()
    {
        string data = _random.Next(6) switch
        {
            0 => "0x",
            1 => Hex.Encode(Noise(_random.Next(80))),
            2 => Texts[_random.Next(Texts.Length)],
            3 => Hex.Encode(Noise(40_000 + _random.Next(12_000))),
            _ => Hex.Encode(Calldata()),
        };
        if (_random.Next(8) == 0) data += "00";
        Address person = _people[_random.Next(_people.Count)];
        return new JsonObject
        {
            ["chainId"] = _random.Next(10) == 0 ? _random.Next(9) : 1,
            ["to"] = _random.Next(10) switch
            {
                0 => null,
                < 4 => person.ToString(),
                _ => world.Chain.Contracts.Collection.ToString(),
            },
            ["data"] = data,
            ["valueWei"] = _random.Next(2) == 0 ? "0" : Numbers[_random.Next(Numbers.Length)],
        };
    }

    private byte[] Calldata()
    {
        Address person = _people[_random.Next(_people.Count)];
        AbiFunction function = Functions[_random.Next(2) == 0 ? 0 : _random.Next(Functions.Length)];
        byte[] mint = Functions[0].Encode(person, 7UL);
        int many = _random.Next(5) == 0 ? 700 : _random.Next(4);
        return function.Name switch
        {
            "multicall" => function.Encode(AbiValue.ListOf((AbiValue)mint)),
            "airdrop" => function.Encode(
                AbiValue.ListOf([.. Enumerable.Repeat((AbiValue)person, many)]),
                AbiValue.ListOf([.. Enumerable.Repeat((AbiValue)UInt256.MaxValue, many)])),
            _ => function.Encode(person, _random.Next(4) == 0 ? UInt256.MaxValue : 7UL),
        };
    }

    private (string Path, JsonObject Body) Whole() => _random.Next(4) switch
    {
        0 => ("/v1/recipient-lists", PolicyStory.List(PolicyStory.NewListName(), [.. _people])),
        1 => ("/v1/contracts", new JsonObject
        {
            ["chainId"] = 1,
            ["address"] = world.NewAddress().ToString(),
            ["name"] = "Guess",
            ["abi"] = JsonNode.Parse("""["f(uint256 a)",{"type":"error","name":"E","inputs":[{"type":"bool"}]}]"""),
        }),
        2 => ("/v1/policies", SigningStory.PayRule(_people[0], "10", 5)),
        _ => ("/v1/policies", Rich()),
    };

    private JsonObject Rich()
    {
        JsonObject rule = world.MintRule(_people[0]);
        rule["function"] = "pay((address,uint256)[],bytes)";
        rule["arguments"] = JsonNode.Parse("""
            [{"kind":"members","members":[{"kind":"listed","list":"payees"},
                {"kind":"amount","max":"5","hourlyMax":"6","dailyMax":null}]},{"kind":"equals","value":"0x01"}]
            """);
        rule["window"] = JsonNode.Parse("""{"days":["monday"],"from":"09:00:00","until":"17:00:00"}""");
        rule["simulation"] = JsonNode.Parse("""{"gasMax":100000}""");
        rule["signers"] = new JsonArray(Guid.NewGuid().ToString());
        return rule;
    }

    /// <summary>The same with one value somewhere put in place of another, taken away, or added.</summary>
    private JsonNode Damaged(JsonNode whole)
    {
        JsonNode copy = whole.DeepClone();
        List<JsonNode> places = [];
        Gather(copy, places);
        JsonNode place = places[_random.Next(places.Count)];
        switch (place)
        {
            case JsonObject it when it.Count > 0:
                string name = it.ElementAt(_random.Next(it.Count)).Key;
                if (_random.Next(4) == 0) it.Remove(name);
                else it[name] = Guess();
                break;
            case JsonArray { Count: > 0 } it:
                it[_random.Next(it.Count)] = Guess();
                break;
            case JsonArray it:
                it.Add(Guess());
                break;
        }

        return copy;
    }

    private JsonNode? Guess() => _random.Next(8) switch
    {
        0 => null,
        1 => JsonValue.Create(_random.Next(2) == 0),
        2 => JsonValue.Create(_random.Next(3) == 0 ? -1 : _random.Next()),
        3 => JsonNode.Parse("1e400"),
        4 => new JsonArray([.. Enumerable.Range(0, _random.Next(300)).Select(_ => JsonValue.Create("0x01"))]),
        5 => new JsonObject { ["kind"] = Texts[_random.Next(Texts.Length)] },
        6 => JsonValue.Create(Numbers[_random.Next(Numbers.Length)]),
        _ => JsonValue.Create(Texts[_random.Next(Texts.Length)]),
    };

    private static void Gather(JsonNode node, List<JsonNode> places)
    {
        if (node is JsonObject or JsonArray) places.Add(node);
        IEnumerable<JsonNode?> parts = node switch
        {
            JsonObject it => it.Select(pair => pair.Value),
            JsonArray it => it,
            _ => [],
        };
        foreach (JsonNode? part in parts.ToArray())
        {
            if (part is not null) Gather(part, places);
        }
    }

    private byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        _random.NextBytes(noise);
        return noise;
    }
}
