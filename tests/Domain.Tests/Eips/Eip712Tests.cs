using Souk.Domain.Chain;

namespace Souk.Domain.Tests.Eips;

/// <summary>The example of EIP-712, known domain separators, and what strict reading refuses.</summary>
public sealed class Eip712Tests
{
    private const string Mail =
        """
        {
          "types": {
            "EIP712Domain": [
              { "name": "name", "type": "string" },
              { "name": "version", "type": "string" },
              { "name": "chainId", "type": "uint256" },
              { "name": "verifyingContract", "type": "address" }
            ],
            "Person": [{ "name": "name", "type": "string" }, { "name": "wallet", "type": "address" }],
            "Mail": [
              { "name": "from", "type": "Person" },
              { "name": "to", "type": "Person" },
              { "name": "contents", "type": "string" }
            ]
          },
          "primaryType": "Mail",
          "domain": {
            "name": "Ether Mail",
            "version": "1",
            "chainId": 1,
            "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"
          },
          "message": {
            "from": { "name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" },
            "to": { "name": "Bob", "wallet": "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB" },
            "contents": "Hello, Bob!"
          }
        }
        """;

    [Fact]
    public void Hashes_and_signs_the_mail_of_the_standard()
    {
        var mail = TypedData.Parse(Mail);
        var cow = new PrivateKey(Keccak256.HashText("cow").ToArray());

        Assert.Equal(
            "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f", mail.DomainSeparator.ToString());
        Assert.Equal(
            "0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e", mail.StructHash.ToString());
        Assert.Equal("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2", mail.Digest().ToString());
        Assert.Equal("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", cow.Address.ToString());
        Assert.Equal(
            "0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d"
            + "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c",
            Hex.Encode(cow.Sign(mail.Digest()).ToArray()));
    }

    [Fact]
    public void Writes_what_it_reads()
    {
        var mail = TypedData.Parse(Mail);

        var again = TypedData.Parse(mail.ToJson());

        Assert.Equal(mail.Digest(), again.Digest());
        Assert.Equal(mail.Message, again.Message);
        Assert.Contains("\"chainId\":1,", mail.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Builds_the_mail_from_values()
    {
        var domain = new Eip712Domain(
            "Ether Mail", "1", new ChainId(1), Address.Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"));
        var types = new Dictionary<string, IReadOnlyList<TypedMember>>
        {
            ["Person"] = [new("name", "string"), new("wallet", "address")],
            ["Mail"] = [new("from", "Person"), new("to", "Person"), new("contents", "string")],
        };
        AbiValue from = AbiValue.TupleOf("Cow", Address.Parse("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"));
        AbiValue to = AbiValue.TupleOf("Bob", Address.Parse("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"));

        var mail = TypedData.Create(domain, types, "Mail", new AbiValue.Tuple([from, to, "Hello, Bob!"]));

        Assert.Equal(domain.Separator(), mail.DomainSeparator);
        Assert.Equal(TypedData.Parse(Mail).Digest(), mail.Digest());
    }

    [Theory]
    [InlineData(1UL, "0xfce34bc6e1752c1117e5063116d25cad2fa2bdcf15ff2d2e275eece7dc31ba64")]
    [InlineData(137UL, "0x75cc53fc58a5e6aeb055ab5e854b21007c38ec4db32fc85a82f7d2fe08d03607")]
    [InlineData(8453UL, "0x1965c52d779fea3b2c530bc1bbedc135c9671ade2fa4748307d92dbcdb47b2e0")]
    [InlineData(11155111UL, "0xabe6fa56e16aecdc0a81f712b3c41518e063f22fb475c9f802a8265c782f7beb")]
    public void Knows_the_domain_separators_of_Seaport(ulong chain, string separator)
    {
        var seaport = new Eip712Domain(
            "Seaport", "1.6", new ChainId(chain), Address.Parse("0x0000000000000068F116a894984e2DB1123eB395"));

        Assert.Equal(separator, seaport.Separator().ToString());
    }

    [Fact]
    public void Reads_a_domain_of_other_members_and_an_empty_message()
    {
        string json =
            $$"""
            {
              "types": {
                "EIP712Domain": [
                  { "name": "version", "type": "string" },
                  { "name": "chainId", "type": "uint256" },
                  { "name": "salt", "type": "bytes32" }
                ],
                "Empty": []
              },
              "primaryType": "Empty",
              "domain": { "version": "1", "chainId": "0x1", "salt": "{{Keccak256.HashText("salt")}}" },
              "message": {}
            }
            """;

        var data = TypedData.Parse(json);

        Assert.Equal(["1", 1UL, Keccak256.HashText("salt")], data.Domain.Items);
        Assert.Equal(data.Digest(), TypedData.Parse(data.ToJson()).Digest());
    }

    [Theory]
    [InlineData("\"Bob\"", "\"Bob\", \"age\": 1")]
    [InlineData("\"name\": \"Bob\", ", "")]
    [InlineData("\"name\": \"Bob\", ", "\"name\": \"Bob\", \"name\": \"Eve\", ")]
    [InlineData("\"Bob\"", "1")]
    [InlineData("\"Bob\"", "null")]
    [InlineData("\"Bob\"", "\"\\ud800\"")]
    [InlineData("\"contents\": \"Hello, Bob!\"", "\"\\ud800\": \"Hello, Bob!\"")]
    [InlineData("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbb")]
    [InlineData("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB", "0x00")]
    [InlineData("\"chainId\": 1", "\"chainId\": -1")]
    [InlineData("\"chainId\": 1", "\"chainId\": 1.0")]
    [InlineData("\"chainId\": 1", "\"chainId\": 1e2")]
    [InlineData("\"chainId\": 1", "\"chainId\": 9007199254740992")]
    [InlineData("\"chainId\": 1", "\"chainId\": \"01\"")]
    [InlineData("\"chainId\": 1", "\"chainId\": \"\"")]
    [InlineData("\"chainId\": 1", "\"chainId\": \"0x\"")]
    [InlineData("\"chainId\": 1", "\"chainId\": {}")]
    [InlineData("\"primaryType\": \"Mail\"", "\"primaryType\": \"Post\"")]
    [InlineData("\"primaryType\": \"Mail\"", "\"primaryType\": \"EIP712Domain\"")]
    [InlineData("\"primaryType\": \"Mail\",", "")]
    [InlineData("\"primaryType\": \"Mail\",", "\"primaryType\": \"Mail\", \"extra\": 1,")]
    [InlineData("\"type\": \"Person\"", "\"type\": \"Human\"")]
    [InlineData("\"type\": \"Person\"", "\"type\": \"Person[\"")]
    [InlineData("\"type\": \"Person\"", "\"type\": \"Person[0]\"")]
    [InlineData("\"type\": \"Person\"", "\"type\": \"Mail\"")]
    [InlineData("\"type\": \"address\" }]", "\"type\": \"uint\" }]")]
    [InlineData("\"type\": \"address\" }]", "\"type\": \"uint7\" }]")]
    [InlineData("\"type\": \"uint256\"", "\"type\": \"uint64\"")]
    [InlineData("\"EIP712Domain\"", "\"Domain\"")]
    [InlineData("\"Person\":", "\"uint256\":")]
    [InlineData("\"Person\":", "\"Per son\":")]
    [InlineData("\"primaryType\"", "\"primaryType\" 1")]
    public void Refuses(string part, string replacement)
    {
        Assert.Contains(part, Mail, StringComparison.Ordinal);

        Assert.Throws<FormatException>(
            () => TypedData.Parse(Mail.Replace(part, replacement, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("uint8", "255", "256")]
    [InlineData("uint8", "\"0xff\"", "\"0x100\"")]
    [InlineData("int8", "-128", "-129")]
    [InlineData("int8", "\"127\"", "\"128\"")]
    [InlineData("bytes2", "\"0x0102\"", "\"0x010203\"")]
    [InlineData("bytes", "\"0x\"", "\"0x0\"")]
    [InlineData("bool", "true", "1")]
    [InlineData("bool[2]", "[true, false]", "[true]")]
    [InlineData("uint8[][1]", "[[1, 2, 3]]", "[1]")]
    [InlineData("Value[]", "[]", "[null]")]
    public void Reads_to_the_edge_of_a_type_and_not_over_it(string type, string inside, string outside)
    {
        string json =
            $$"""
            {
              "types": {
                "EIP712Domain": [{ "name": "name", "type": "string" }],
                "Value": [{ "name": "value", "type": "{{type}}" }]
              },
              "primaryType": "Value",
              "domain": { "name": "edges" },
              "message": { "value": {{inside}} }
            }
            """;

        var read = TypedData.Parse(json);

        Assert.Equal(read.Digest(), TypedData.Parse(read.ToJson()).Digest());
        string over = json.Replace($"\"value\": {inside} }}", $"\"value\": {outside} }}", StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => TypedData.Parse(over));
    }

    [Fact]
    public void Refuses_nesting_without_end()
    {
        string nested = string.Concat(Enumerable.Repeat("{ \"value\": [", 30))
            + string.Concat(Enumerable.Repeat("] }", 30));
        string json =
            """{ "types": { "EIP712Domain": [{ "name": "name", "type": "string" }],"""
            + """ "Value": [{ "name": "value", "type": "Value[]" }] },"""
            + $$""" "primaryType": "Value", "domain": { "name": "deep" }, "message": {{nested}} }""";

        Assert.Throws<FormatException>(() => TypedData.Parse(json));
        Assert.Throws<FormatException>(() => TypedData.Parse(new string('[', 100_000)));
        Assert.Throws<FormatException>(() => TypedData.Parse("\ud800"));
    }
}
