using Souk.Auth.Tests.World;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;

namespace Souk.Auth.Tests;

public sealed class AskWalletTests(AuthRoom room) : IClassFixture<AuthRoom>
{
    private const string Path = "/v1/wallets/challenges";
    private const string Checksummed = "0x9D85ca56217D2bb651b00f15e694EB7E713637D4";

    [Fact]
    public async Task Makes_a_message_of_this_site_that_a_wallet_can_sign()
    {
        Visitor visitor = await room.SignInAsync();

        Answer answer = await room.AskAsync(visitor, Address.Parse(Checksummed));

        Assert.Equal(201, answer.Status);
        SiweMessage message = SiweMessage.Parse(answer.Text("message"));
        Assert.Equal(AuthRoom.Domain, message.Domain);
        Assert.Equal($"https://{AuthRoom.Domain}", message.Uri);
        Assert.Equal((Address.Parse(Checksummed), room.Chain), (message.Address, message.ChainId));
        Assert.Equal(room.Clock.GetUtcNow().AddMinutes(10), message.ExpirationTime);
        Assert.Matches("^[A-Za-z0-9]{20}$", message.Nonce);
    }

    [Fact]
    public async Task Answers_a_repeat_with_the_same_challenge_and_another_key_with_another()
    {
        Visitor visitor = await room.SignInAsync();
        Address wallet = WalletKeys.Next().Address;

        Answer first = await room.AskAsync(visitor, wallet, "key");
        Answer repeat = await room.AskAsync(visitor, wallet, "key");
        Answer other = await room.AskAsync(visitor, wallet, "other");

        Assert.Equal(first.Body!.ToJsonString(), repeat.Body!.ToJsonString());
        Assert.NotEqual(first.Text("id"), other.Text("id"));
        Assert.NotEqual(first.Text("message"), other.Text("message"));
    }

    [Fact]
    public async Task Refuses_a_chain_that_is_not_served_here()
    {
        Visitor visitor = await room.SignInAsync();

        Answer answer = await room.PostAsync(
            Path, $$"""{"address":"{{Checksummed}}","chainId":56}""", visitor.AccessToken, "key");

        Assert.Equal((422, "chain_unknown"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("""{"chainId":31337}""", "$.address")]
    [InlineData("""{"address":"0x9D85ca56217D2bb651b00f15e694EB7E713637d4","chainId":31337}""", "$.address")]
    [InlineData("""{"address":"9D85ca56217D2bb651b00f15e694EB7E713637D4","chainId":31337}""", "$.address")]
    [InlineData("""{"address":"0x9D85ca56217D2bb651b00f15e694EB7E713637D4","chainId":"31337"}""", "$.chainId")]
    [InlineData("""{"address":"0x9D85ca56217D2bb651b00f15e694EB7E713637D4","chainId":-1}""", "$.chainId")]
    public async Task Names_the_field_that_is_malformed(string json, string field)
    {
        Visitor visitor = await room.SignInAsync();

        Answer answer = await room.PostAsync(Path, json, visitor.AccessToken, "key");

        Assert.Equal((400, "invalid_request", field), (answer.Status, answer.Code, answer.Field));
    }

    [Fact]
    public async Task Wants_an_idempotency_key()
    {
        Visitor visitor = await room.SignInAsync();

        Answer answer = await room.PostAsync(
            Path, $$"""{"address":"{{Checksummed}}","chainId":31337}""", visitor.AccessToken);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Bounds_how_often_a_person_asks()
    {
        Visitor visitor = await room.SignInAsync();
        Address wallet = WalletKeys.Next().Address;
        for (int i = 0; i < 20; i++)
            Assert.Equal(201, (await room.AskAsync(visitor, wallet)).Status);

        Assert.Equal("rate_limited", (await room.AskAsync(visitor, wallet)).Code);
    }
}
