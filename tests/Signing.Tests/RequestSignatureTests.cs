using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class RequestSignatureTests(SigningWorld world)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signs_the_type_that_a_rule_names()
    {
        TypedData mail = Mail(world.NewAddress());
        await AllowAsync(mail);

        ApiAnswer signed = await SignAsync(Ask(mail));

        Assert.Equal((200, mail.Digest().ToString()), (signed.Status, signed.Text("digest")));
        Assert.True(Signature.TryParse(Hex.Decode(signed.Text("signature")), out Signature signature));
        Assert.True(Secp256k1.Verify(mail.Digest(), signature, world.Wallet));
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM audit WHERE subject = 'signature/{mail.Digest()}'"));
    }

    [Fact]
    public async Task Denies_a_type_that_no_rule_names_though_the_contract_is()
    {
        Address contract = world.NewAddress();
        await AllowAsync(Mail(contract));
        TypedData other = TypedData.Parse(
            Mail(contract).ToJson().Replace("\"text\"", "\"body\"", StringComparison.Ordinal));

        ApiAnswer denied = await SignAsync(Ask(other));

        Assert.Equal((403, "policy_denied"), (denied.Status, denied.Code));
    }

    /// <summary>What moves money without a transaction is a type like any other: no rule, no signature.</summary>
    [Theory]
    [InlineData("OrderComponents", "offerer")]
    [InlineData("Permit", "owner")]
    [InlineData("PermitSingle", "spender")]
    [InlineData("PermitBatchTransferFrom", "spender")]
    public async Task Denies_orders_and_permits_that_no_rule_names(string type, string member)
    {
        TypedData data = Typed(world.Chain.Contracts.Seaport, type, member, world.Wallet);

        ApiAnswer denied = await SignAsync(Ask(data));
        await AllowAsync(data);
        ApiAnswer named = await SignAsync(Ask(data));

        Assert.Equal(("policy_denied", 200), (denied.Code, named.Status));
    }

    /// <summary>A hole of the field: a raw hash, or a message of free text, goes around every rule.</summary>
    [Theory]
    [InlineData("""{"chainId":1,"description":"d","hash":"0x11"}""", "$.typedData")]
    [InlineData("""{"chainId":1,"description":"d","message":"0x11"}""", "$.typedData")]
    [InlineData("""{"chainId":1,"description":"d","typedData":"0x11"}""", "$.typedData")]
    [InlineData("""{"chainId":1,"description":"d","typedData":null}""", "$.typedData")]
    [InlineData("""{"chainId":1,"description":"d","typedData":{},"hash":"0x11"}""", "$.hash")]
    [InlineData("""{"chainId":1,"description":"","typedData":{}}""", "$.description")]
    public async Task Has_no_way_to_sign_a_raw_hash_or_free_text(string json, string field)
    {
        ApiAnswer refused = await world.Operator.Api.PostAsync("/v1/signatures", json, Cancelled);

        Assert.Equal((400, "invalid_request"), (refused.Status, refused.Code));
        Assert.Contains(refused.Text("field"), (string[])[field, "$.hash", "$.message"]);
    }

    [Fact]
    public async Task Stores_no_signature_and_makes_the_same_again_for_the_same_key()
    {
        TypedData mail = Mail(world.NewAddress());
        string rule = await AllowAsync(mail);
        string key = Guid.NewGuid().ToString();

        ApiAnswer first = await SignAsync(Ask(mail), key);
        ApiAnswer again = await SignAsync(Ask(mail), key);
        ApiAnswer other = await SignAsync(Ask(Mail(world.NewAddress())), key);
        string stored = await world.ReadAsync<string>(
            $"SELECT response::text FROM idempotency_keys WHERE key = '{key}'");
        await world.PostAsync(world.Operator, $"/v1/policies/{rule}/disable", []);
        ApiAnswer ended = await SignAsync(Ask(mail), key);

        Assert.Equal(first.Text("signature"), again.Text("signature"));
        Assert.DoesNotContain(first.Text("signature")[2..130], stored, StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(200, other.Status);
        Assert.Equal("policy_denied", ended.Code);
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM audit WHERE subject = 'signature/{mail.Digest()}'"));
    }

    [Fact]
    public async Task Asks_again_after_a_lost_answer()
    {
        TypedData mail = Mail(world.NewAddress());
        await AllowAsync(mail);
        string key = Guid.NewGuid().ToString();
        world.World.MetaKeep.Next(StandInFault.Error, "typedData");

        ApiAnswer lost = await SignAsync(Ask(mail), key);
        ApiAnswer found = await SignAsync(Ask(mail), key);

        Assert.Equal((503, "upstream_unavailable", 200), (lost.Status, lost.Code, found.Status));
    }

    [Fact]
    public async Task Never_answers_a_signature_of_another_wallet()
    {
        TypedData mail = Mail(world.NewAddress());
        await AllowAsync(mail);
        world.Chain.Signer.IsImpostor = true;

        ApiAnswer refused = await SignAsync(Ask(mail));
        world.Chain.Signer.IsImpostor = false;

        Assert.Equal((409, "signer_unavailable"), (refused.Status, refused.Code));
        Assert.DoesNotContain("signature\"", refused.Json.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signs_nothing_while_everything_is_paused()
    {
        TypedData mail = Mail(world.NewAddress());
        await AllowAsync(mail);
        JsonObject pause = new() { ["chainId"] = null, ["reason"] = "A drill." };
        await world.PostAsync(world.Operator, "/v1/signers/pause", pause);

        ApiAnswer refused = await SignAsync(Ask(mail));
        await world.PostAsync(world.Colleague, "/v1/signers/unpause", new JsonObject { ["chainId"] = null });

        Assert.Equal((409, "signer_unavailable"), (refused.Status, refused.Code));
        Assert.Equal(200, (await SignAsync(Ask(mail))).Status);
    }

    [Fact]
    public async Task Denies_typed_data_of_another_chain()
    {
        TypedData mail = Mail(world.NewAddress());
        await AllowAsync(mail);
        TypedData elsewhere = TypedData.Parse(
            mail.ToJson().Replace("\"chainId\":1,", "\"chainId\":5,", StringComparison.Ordinal));

        Assert.Equal("policy_denied", (await SignAsync(Ask(elsewhere))).Code);
    }

    [Theory]
    [InlineData(Role.Support, TokenAudience.Admin)]
    [InlineData(Role.Operator, TokenAudience.User)]
    public async Task Lets_only_operators_at_the_administrators_door_ask(Role role, TokenAudience audience)
    {
        TestPerson person = await world.AddPersonAsync(role, audience);

        Assert.Equal(403, (await world.PostAsync(person, "/v1/signatures", Ask(Mail(world.NewAddress())))).Status);
    }

    private static TypedData Mail(Address contract) => Typed(contract, "Mail", "to", contract);

    private static TypedData Typed(Address contract, string type, string member, Address value) => TypedData.Create(
        new Eip712Domain("Post", "1", new ChainId(1), contract),
        new Dictionary<string, IReadOnlyList<TypedMember>>
        {
            [type] = [new TypedMember(member, "address"), new TypedMember("text", "string")],
        },
        type,
        new AbiValue.Tuple([value, "hello"]));

    private static JsonObject Ask(TypedData data) => new()
    {
        ["chainId"] = 1,
        ["typedData"] = JsonNode.Parse(data.ToJson()),
        ["description"] = "A signature of the tests.",
    };

    private Task<ApiAnswer> SignAsync(JsonObject request, string? key = null) =>
        world.PostAsync(world.Operator, "/v1/signatures", request, key);

    private async Task<string> AllowAsync(TypedData data)
    {
        ApiAnswer proposed = await world.PostAsync(
            world.Operator, "/v1/signature-types", ProposeSignatureTypeTests.Rule(data));
        Assert.True(proposed.Status == 201, proposed.Json.ToString());
        ApiAnswer approved = await world.PostAsync(
            world.Colleague, $"/v1/policies/{proposed.Text("id")}/approve",
            new JsonObject { ["version"] = proposed.Json.GetProperty("version").GetInt32() });
        Assert.Equal(200, approved.Status);
        return proposed.Text("id");
    }
}
