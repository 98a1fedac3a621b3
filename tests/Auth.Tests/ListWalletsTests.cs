using Souk.Auth.Tests.World;

namespace Souk.Auth.Tests;

public sealed class ListWalletsTests(AuthRoom room) : IClassFixture<AuthRoom>
{
    [Fact]
    public async Task Shows_a_person_their_own_wallets_alone()
    {
        Visitor visitor = await room.SignInAsync();
        Visitor other = await room.SignInAsync();
        await room.LinkAsync(other, WalletKeys.Next());
        Answer first = await room.LinkAsync(visitor, WalletKeys.Next());
        Answer second = await room.LinkAsync(visitor, WalletKeys.Next());

        Answer list = await room.GetAsync("/v1/wallets", visitor.AccessToken);

        Assert.Equal(
            new[] { first.Text("address"), second.Text("address") }.Order(),
            list.Body!["wallets"]!.AsArray().Select(wallet => (string?)wallet!["address"]).Order());
    }

    [Fact]
    public async Task Shows_nothing_to_who_has_linked_nothing() => Assert.Equal(
        """{"wallets":[]}""",
        (await room.GetAsync("/v1/wallets", (await room.SignInAsync()).AccessToken)).Body!.ToJsonString());
}
