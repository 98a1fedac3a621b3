using System.Net;
using System.Net.Sockets;
using Souk.Local.Servers;
using StackExchange.Redis;

namespace Souk.Local.Tests.Servers;

public sealed class RespServerTests
{
    [Fact]
    public async Task Serves_a_user_with_their_password()
    {
        using RespServer server = RespServer.Start("auth", "signing");
        await using ConnectionMultiplexer redis = await ConnectAsync(server, "signing", server.Password("signing"));

        await redis.GetDatabase().StringSetAsync("key", "value");

        Assert.Equal("value", await redis.GetDatabase().StringGetAsync("key"));
        Assert.Equal(3, (int)await redis.GetDatabase().ScriptEvaluateAsync("return 1 + 2"));
    }

    [Theory]
    [InlineData("AUTH auth wrong", "-WRONGPASS")]
    [InlineData("AUTH nobody wrong", "-WRONGPASS")]
    [InlineData("GET key", "-NOAUTH")]
    public async Task Refuses_whoever_has_no_password(string command, string refusal)
    {
        using RespServer server = RespServer.Start("auth");

        Assert.StartsWith(refusal, await SendAsync(server, command), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_function_that_would_change_users()
    {
        using RespServer server = RespServer.Start("auth");
        await using ConnectionMultiplexer redis = await ConnectAsync(server, "auth", server.Password("auth"));

        RedisServerException refusal = await Assert.ThrowsAsync<RedisServerException>(
            () => redis.GetDatabase().ExecuteAsync("ACL", "LIST"));

        Assert.StartsWith("NOPERM", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forgets_everything_when_it_stops_and_starts_again()
    {
        using RespServer server = RespServer.Start("auth");
        await using (ConnectionMultiplexer redis = await ConnectAsync(server, "auth", server.Password("auth")))
            await redis.GetDatabase().StringSetAsync("key", "value");

        server.Stop();
        server.Start();

        await using ConnectionMultiplexer again = await ConnectAsync(server, "auth", server.Password("auth"));
        Assert.True((await again.GetDatabase().StringGetAsync("key")).IsNull);
    }

    private static async Task<string> SendAsync(RespServer server, string command)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPEndPoint.Parse(server.Endpoint), TestContext.Current.CancellationToken);
        await using StreamWriter writer = new(client.GetStream(), leaveOpen: true) { AutoFlush = true };
        string[] words = command.Split(' ');
        await writer.WriteAsync(
            $"*{words.Length}\r\n{string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"))}");
        using StreamReader reader = new(client.GetStream());
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(RespServer server, string user, string password)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(server.Endpoint);
        options.User = user;
        options.Password = password;
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 2000;
        return ConnectionMultiplexer.ConnectAsync(options);
    }
}
