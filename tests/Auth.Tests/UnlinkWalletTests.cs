using System.Text.Json.Nodes;
using Souk.Auth.Tests.World;
using Souk.Domain.Chain;

namespace Souk.Auth.Tests;

public sealed class UnlinkWalletTests(AuthRoom room) : IClassFixture<AuthRoom>
{
    [Fact]
    public async Task Frees_the_wallet_for_another_person()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        await room.LinkAsync(visitor, wallet);

        Answer answer = await room.DeleteAsync($"/v1/wallets/{wallet.Address}", visitor.AccessToken);

        Assert.Equal(204, answer.Status);
        Assert.Equal(201, (await room.LinkAsync(await room.SignInAsync(), wallet)).Status);
    }

    [Fact]
    public async Task Announces_each_change_of_a_wallet_in_the_order_it_happened()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        await room.LinkAsync(visitor, wallet);
        await room.DeleteAsync($"/v1/wallets/{wallet.Address}", visitor.AccessToken);
        await room.DeleteAsync($"/v1/wallets/{wallet.Address}", visitor.AccessToken);
        await room.LinkAsync(await room.SignInAsync(), wallet);

        Assert.Equal(
            ["true", "false", "true"],
            (await room.AnnouncedAsync(wallet.Address)).Select(it => JsonNode.Parse(it)!["isLinked"]!.ToJsonString()));
    }

    [Fact]
    public async Task Cannot_tell_another_persons_wallet_from_nobodys()
    {
        PrivateKey wallet = WalletKeys.Next();
        await room.LinkAsync(await room.SignInAsync(), wallet);
        Visitor visitor = await room.SignInAsync();

        Answer others = await room.DeleteAsync($"/v1/wallets/{wallet.Address}", visitor.AccessToken);
        Answer nobodys = await room.DeleteAsync($"/v1/wallets/{WalletKeys.Next().Address}", visitor.AccessToken);

        Assert.Equal((404, "not_found", others.Text("detail")), (nobodys.Status, nobodys.Code, nobodys.Text("detail")));
        Assert.Equal((404, "not_found"), (others.Status, others.Code));
    }

    [Fact]
    public async Task Refuses_what_is_no_address()
    {
        Visitor visitor = await room.SignInAsync();

        Answer answer = await room.DeleteAsync("/v1/wallets/0x12", visitor.AccessToken);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
    }
}
