using System.Globalization;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;

namespace Souk.Domain.Tests.Viem;

/// <summary>Generated cases on which we and viem must agree to the octet.</summary>
public sealed class ViemAgreementTests(ViemOracle viem)
{
    private const int Seed = 20_251_123;

    private readonly Cases _cases = new(Seed);

    [Fact]
    public Task Keccak_256() => AgreeAsync(100, () =>
    {
        byte[] bytes = _cases.SomeBytes();
        return (Case("keccak", ("bytes", Hex.Encode(bytes))), Keccak256.Hash(bytes).ToString());
    });

    [Fact]
    public Task Addresses_of_keys() => AgreeAsync(50, () =>
    {
        PrivateKey key = _cases.Key(out string hex);
        return (Case("address", ("key", hex)), key.Address.ToString());
    });

    [Fact]
    public Task Signatures() => AgreeAsync(100, () =>
    {
        PrivateKey key = _cases.Key(out string hex);
        Bytes32 digest = _cases.Word();
        return (
            Case("sign", ("key", hex), ("digest", digest.ToString())), Hex.Encode(key.Sign(digest).ToArray()));
    });

    [Fact]
    public Task Compact_signatures() => AgreeAsync(30, () =>
    {
        Signature signature = _cases.Key(out _).Sign(_cases.Word());
        return (
            Case("compact", ("signature", Hex.Encode(signature.ToArray()))),
            Hex.Encode(signature.ToCompactArray()));
    });

    [Fact]
    public Task Recovered_signers() => AgreeAsync(50, () =>
    {
        Signature signature = _cases.Key(out _).Sign(_cases.Word());
        Bytes32 another = _cases.Word();
        Assert.True(Secp256k1.TryRecover(another, signature, out Address signer));
        return (
            Case("recover", ("digest", another.ToString()), ("signature", Hex.Encode(signature.ToArray()))),
            signer.ToString());
    });

    [Fact]
    public Task Personal_messages() => AgreeAsync(50, () =>
    {
        string text = _cases.Text();
        return (Case("personal", ("text", text)), Eip191.HashPersonalMessage(text).ToString());
    });

    [Fact]
    public Task Addresses_of_contracts() => AgreeAsync(60, () =>
    {
        Address creator = _cases.Address();
        ulong nonce = (ulong)_cases.Number(32);
        Bytes32 salt = _cases.Word();
        Bytes32 hash = _cases.Word();
        return _cases.Below(2) == 0
            ? (
                Case("create", ("from", creator.ToString()), ("nonce", nonce.ToString(CultureInfo.InvariantCulture))),
                Address.OfContract(creator, nonce).ToString())
            : (
                Case(
                    "create2",
                    ("from", creator.ToString()),
                    ("salt", salt.ToString()),
                    ("bytecodeHash", hash.ToString())),
                Address.OfContract2(creator, salt, hash).ToString());
    });

    [Fact]
    public Task Transactions() => AgreeAsync(60, () =>
    {
        PrivateKey key = _cases.Key(out string hex);
        UInt256 ceiling = _cases.Number(200);
        var transaction = new Eip1559Transaction(
            new ChainId(1 + (ulong)_cases.Below(100_000)),
            (ulong)_cases.Number(48),
            new Wei(ceiling / 3),
            new Wei(ceiling),
            (ulong)_cases.Number(48),
            _cases.Below(4) == 0 ? null : _cases.Address(),
            new Wei(_cases.Number(256)),
            _cases.SomeBytes());
        byte[] raw = transaction.Encode(key.Sign(transaction.SigningHash()));
        Assert.True(Eip1559Transaction.TryDecode(raw, out Eip1559Transaction? read, out Signature signature));
        Assert.Equal(transaction, read);
        Assert.True(Secp256k1.Verify(read.SigningHash(), signature, key.Address));
        return (
            Transaction(transaction, hex),
            $"{transaction.SigningHash()} {Hex.Encode(raw)} {Eip1559Transaction.HashOf(raw)}");
    });

    [Fact]
    public Task Abi_encodings() => AgreeAsync(300, () =>
    {
        AbiType[] types = _cases.Types(3, 1 + _cases.Below(4));
        AbiValue[] values = [.. types.Select(_cases.Value)];
        byte[] encoded = AbiCodec.Encode(types, values);
        Assert.Equal(values, AbiCodec.Decode(types, encoded));
        return (Abi("abi", types, values), Hex.Encode(encoded));
    });

    [Fact]
    public Task Call_data() => AgreeAsync(50, () =>
    {
        AbiType[] types = _cases.Types(2, _cases.Below(4));
        AbiValue[] values = [.. types.Select(_cases.Value)];
        var function = AbiFunction.Parse($"act({string.Join(',', types.AsEnumerable())})");
        byte[] encoded = function.Encode(values);
        Assert.True(function.TryDecode(encoded, out AbiValue[] read));
        Assert.Equal(values, read);
        JsonObject asked = Abi("call", types, values);
        asked["name"] = "act";
        return (asked, Hex.Encode(encoded));
    });

    [Fact]
    public Task Typed_data() => AgreeAsync(200, () =>
    {
        TypedData data = _cases.TypedData();
        string json = data.ToJson();
        var read = TypedData.Parse(json);
        Assert.Equal(data.Message, read.Message);
        Assert.Equal(data.Digest(), read.Digest());
        return (new JsonObject { ["kind"] = "typed", ["data"] = JsonNode.Parse(json) }, data.Digest().ToString());
    });

    [Fact]
    public Task Sign_in_messages() => AgreeAsync(30, () =>
    {
        var issuedAt = new DateTimeOffset(2025, 11, 23, 12, 0, 0, _cases.Below(1000), TimeSpan.Zero);
        bool isStated = _cases.Below(2) == 0;
        var message = new SiweMessage
        {
            Domain = "souk.example:8443",
            Address = _cases.Address(),
            Statement = isStated ? "Sign in to Souk." : null,
            Uri = "https://souk.example:8443/sign-in?from=here",
            ChainId = new ChainId(1 + (ulong)_cases.Below(100_000)),
            Nonce = Convert.ToHexString(_cases.Bytes(8)),
            IssuedAt = issuedAt,
            ExpirationTime = isStated ? null : issuedAt.AddMinutes(5),
            RequestId = isStated ? "request" : null,
            Resources = isStated ? ["https://souk.example/terms"] : null,
        };
        Assert.Equal(message, SiweMessage.Parse(message.ToString()));
        return (new JsonObject { ["kind"] = "siwe", ["fields"] = Fields(message) }, message.ToString());
    });

    private static JsonObject Case(string kind, params (string Name, string Value)[] members)
    {
        var asked = new JsonObject { ["kind"] = kind };
        foreach ((string name, string value) in members) asked[name] = value;
        return asked;
    }

    private static JsonObject Abi(string kind, AbiType[] types, AbiValue[] values) => new()
    {
        ["kind"] = kind,
        ["parameters"] = Cases.Parameters(types),
        ["values"] = Cases.Json(values),
    };

    private static JsonObject Transaction(Eip1559Transaction transaction, string key) => new()
    {
        ["kind"] = "transaction",
        ["key"] = key,
        ["chainId"] = transaction.ChainId.Value,
        ["nonce"] = transaction.Nonce,
        ["tip"] = transaction.MaxPriorityFeePerGas.ToString(),
        ["ceiling"] = transaction.MaxFeePerGas.ToString(),
        ["gas"] = transaction.GasLimit.ToString(CultureInfo.InvariantCulture),
        ["to"] = transaction.To?.ToString(),
        ["value"] = transaction.Value.ToString(),
        ["data"] = Hex.Encode(transaction.Data.Span),
    };

    private static JsonObject Fields(SiweMessage message)
    {
        var fields = new JsonObject
        {
            ["domain"] = message.Domain,
            ["address"] = message.Address.ToString(),
            ["uri"] = message.Uri,
            ["version"] = SiweMessage.Version,
            ["chainId"] = message.ChainId.Value,
            ["nonce"] = message.Nonce,
            ["issuedAt"] = message.IssuedAt.ToString("O", CultureInfo.InvariantCulture),
        };
        if (message.Statement is not null) fields["statement"] = message.Statement;
        if (message.RequestId is not null) fields["requestId"] = message.RequestId;
        if (message.Resources is not null) fields["resources"] = new JsonArray([.. message.Resources]);
        if (message.ExpirationTime is DateTimeOffset expiration)
            fields["expirationTime"] = expiration.ToString("O", CultureInfo.InvariantCulture);
        return fields;
    }

    private async Task AgreeAsync(int count, Func<(JsonObject Case, string Ours)> make)
    {
        (JsonObject Case, string Ours)[] made = [.. Enumerable.Range(0, count).Select(_ => make())];

        IReadOnlyList<string> theirs = await viem.AskAsync(
            [.. made.Select(static it => it.Case)], TestContext.Current.CancellationToken);

        for (int i = 0; i < count; i++) Assert.True(made[i].Ours == theirs[i], $"viem differs on {made[i].Case}");
    }
}
