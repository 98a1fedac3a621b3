using System.Text.Json.Nodes;
using Souk.Auth.Tests.World;

namespace Souk.Auth.Tests;

public sealed class GetMeTests(AuthWorld world, AuthRoom room) : IClassFixture<AuthRoom>
{
    private const string Path = "/v1/me";

    public static TheoryData<string> UserPaths => ["/v1/me", "/v1/wallets"];

    [Fact]
    public async Task Refuses_who_shows_no_token()
    {
        Answer answer = await room.GetAsync(Path, token: null);

        Assert.Equal((401, "unauthenticated"), (answer.Status, answer.Code));
    }

    [Theory]
    [MemberData(nameof(UserPaths))]
    public async Task Refuses_the_administrators_token_at_the_users_door(string path)
    {
        Visitor boss = await room.SignInAsync(AuthRoom.Administrator, "admin");

        Answer answer = await room.GetAsync(path, boss.AccessToken);

        Assert.Equal((403, "forbidden"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Refuses_a_users_token_at_the_administrators_door()
    {
        Visitor visitor = await room.SignInAsync(AuthRoom.Administrator);

        Answer answer = await room.GetAsync("/v1/admin/me", visitor.AccessToken);

        Assert.Equal((403, "forbidden"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("market:trade")]
    [InlineData("account:managed")]
    public async Task Refuses_a_token_without_the_scope(string scope)
    {
        Visitor visitor = await room.SignInAsync();
        string token = await room.TwistAsync(visitor, claims => claims["scope"] = scope);

        Answer answer = await room.GetAsync(Path, token);

        Assert.Equal((403, "forbidden"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Refuses_another_persons_session_in_a_signed_token()
    {
        Visitor visitor = await room.SignInAsync();
        Visitor other = await room.SignInAsync();
        string token = await room.TwistAsync(visitor, claims => claims["sub"] = other.UserId);

        Assert.Equal("session_revoked", (await room.GetAsync(Path, token)).Code);
    }

    [Fact]
    public async Task Refuses_a_token_whose_signature_was_touched()
    {
        Visitor visitor = await room.SignInAsync();
        string token = visitor.AccessToken;
        char other = token[^10] == 'A' ? 'B' : 'A';

        Answer answer = await room.GetAsync(Path, $"{token[..^10]}{other}{token[^9..]}");

        Assert.Equal("unauthenticated", answer.Code);
    }

    [Fact]
    public async Task Refuses_a_token_whose_ten_minutes_are_over()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor visitor = await own.SignInAsync();
        own.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("unauthenticated", (await own.GetAsync(Path, visitor.AccessToken)).Code);
    }

    [Fact]
    public async Task Tells_when_the_person_first_signed_in()
    {
        Visitor visitor = await room.SignInAsync();

        JsonNode me = (await room.GetAsync(Path, visitor.AccessToken)).Body!;

        Assert.Equal(room.Clock.GetUtcNow(), DateTimeOffset.Parse((string)me["createdAt"]!, null));
    }
}
