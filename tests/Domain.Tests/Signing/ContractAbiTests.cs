using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Domain.Signing;
using static Souk.Domain.Tests.Signing.SampleRules;

namespace Souk.Domain.Tests.Signing;

public sealed class ContractAbiTests
{
    private const string Json = """
        [
          {"type":"constructor","inputs":[{"name":"owner","type":"address"}]},
          {"type":"event","name":"Paid","inputs":[{"name":"to","type":"address","indexed":true}]},
          {"type":"function","name":"pay","stateMutability":"payable","outputs":[],"inputs":[
            {"name":"parts","type":"tuple[]","components":[
              {"name":"to","type":"address"},{"name":"","type":"uint256[2]"}]},
            {"name":"note","type":"string"}]},
          {"type":"error","name":"TooMuch","inputs":[{"name":"asked","type":"uint256"}]}
        ]
        """;

    [Fact]
    public void Reads_functions_and_errors_with_the_names_of_their_arguments()
    {
        ContractAbi abi = Parse(Json);

        Assert.Equal(
            ["function pay((address,uint256[2])[] parts,string note)", "error TooMuch(uint256 asked)"], abi.Lines);
        Assert.Equal(abi.Lines, ContractAbi.Parse(abi.Lines).Lines);
    }

    [Fact]
    public void Tells_a_call_by_its_names()
    {
        ContractAbi abi = Parse("""["mint(address to, uint256 id)", "burn(uint256)"]""");

        DecodedCall? mint = abi.DecodeCall(AbiFunction.Parse("mint(address,uint256)").Encode(Friend, 7));
        DecodedCall? burn = abi.DecodeCall(AbiFunction.Parse("burn(uint256)").Encode(7));

        Assert.Equal("mint(address,uint256)", mint!.Function);
        Assert.Equal(["to", "id"], mint.Arguments.Select(it => it.Name));
        Assert.Equal(Friend, mint.Arguments[0].Value.AsAddress());
        Assert.Null(Assert.Single(burn!.Arguments).Name);
    }

    [Fact]
    public void Tells_a_custom_error()
    {
        DecodedCall? error = Parse(Json).DecodeError(AbiFunction.Parse("TooMuch(uint256)").Encode(9));

        Assert.Equal("TooMuch(uint256)", error!.Function);
        Assert.Equal((UInt256)9, Assert.Single(error.Arguments).Value.AsUint());
    }

    [Fact]
    public void Tells_nothing_of_what_is_not_the_contracts()
    {
        ContractAbi abi = Parse(Json);
        byte[] error = AbiFunction.Parse("TooMuch(uint256)").Encode(9);

        Assert.Null(abi.DecodeCall(error));
        Assert.Null(abi.DecodeError(AbiFunction.Parse("TooLittle(uint256)").Encode(9)));
        Assert.Null(abi.DecodeError((byte[])[.. error, 0]));
        Assert.Null(abi.DecodeError(Array.Empty<byte>()));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("[\"\"]")]
    [InlineData("[\"mint\"]")]
    [InlineData("[\"event Paid(address to)\"]")]
    [InlineData("[\"mint(address)\",\"mint(address to)\"]")]
    [InlineData("[\"\\ud800(address)\"]")]
    [InlineData("[{\"type\":\"function\",\"inputs\":[]}]")]
    [InlineData("[{\"type\":\"function\",\"name\":\"f\"}]")]
    [InlineData("[{\"type\":\"function\",\"name\":\"f(\",\"inputs\":[]}]")]
    [InlineData("[{\"type\":\"function\",\"name\":\"f\",\"inputs\":[{\"type\":\"tuple\"}]}]")]
    [InlineData("[{\"type\":\"function\",\"name\":\"f\",\"inputs\":[{\"type\":\"\\udc00\"}]}]")]
    public void Refuses_what_is_no_abi(string json) => Assert.Throws<FormatException>(() => Parse(json));

    [Fact]
    public void Refuses_structs_without_end_and_too_many_entries()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"type":"tuple","components":[""", 20))
            + string.Concat(Enumerable.Repeat("]}", 20));
        string many = string.Join(',', Enumerable.Range(0, 1001).Select(i => $"\"f{i}()\""));

        Assert.Throws<FormatException>(
            () => Parse($$"""[{"type":"function","name":"f","inputs":[{{deep}}]}]"""));
        Assert.Throws<FormatException>(() => Parse($"[{many}]"));
    }

    private static ContractAbi Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return ContractAbi.Parse(document.RootElement);
    }
}
