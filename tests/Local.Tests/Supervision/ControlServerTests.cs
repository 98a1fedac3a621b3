using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local.Tests.Supervision;

public sealed class ControlServerTests(ControlServerTests.OnePlatform one)
    : IClassFixture<ControlServerTests.OnePlatform>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("control/schedules/purge", 204)]
    [InlineData("control/schedules/no-such", 400)]
    [InlineData("control/chains/1/mine?blocks=2", 204)]
    [InlineData("control/chains/1/mine?blocks=0", 400)]
    [InlineData("control/chains/1/time?seconds=60", 204)]
    [InlineData("control/chains/5/mine?blocks=1", 400)]
    [InlineData("control/functions/no-such/kill", 400)]
    [InlineData("control/id-tokens?uid=ada&email=ada@example.com", 200)]
    public async Task Does_what_it_is_told_and_refuses_what_there_is_not(string path, int expected)
    {
        Assert.Equal(expected, await PostAsync(path, origin: null));
    }

    [Fact]
    public async Task Kills_a_function_and_starts_it_again()
    {
        Assert.Equal(204, await PostAsync("control/functions/webhooks/kill", origin: null));
        Assert.Equal(0, one.Platform.Functions.ProcessIdOf("webhooks"));

        Assert.Equal(204, await PostAsync("control/functions/webhooks/restart", origin: null));
        Assert.NotEqual(0, one.Platform.Functions.ProcessIdOf("webhooks"));
    }

    [Fact]
    public async Task Refuses_a_web_page()
    {
        Assert.Equal(403, await PostAsync("control/functions/jobs/kill", "https://evil.example"));

        Assert.NotEqual(0, one.Platform.Functions.ProcessIdOf("jobs"));
    }

    private async Task<int> PostAsync(string path, string? origin)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(one.Control.Url, path));
        if (origin is not null) request.Headers.Add("Origin", origin);
        using HttpResponseMessage response = await http.SendAsync(request, Token);
        return (int)response.StatusCode;
    }

    public sealed class OnePlatform : IAsyncLifetime
    {
        public LocalPlatform Platform { get; private set; } = null!;

        internal ControlServer Control { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Platform = await LocalPlatform.StartAsync(
                new WorldOptions { Chains = [LocalChain.Ethereum] },
                new FleetOptions { Mode = FleetMode.Separate, Functions = ["jobs", "webhooks"] },
                _ => { },
                Token);
            Control = new ControlServer(Platform);
            await Control.StartAsync(Token);
        }

        public async ValueTask DisposeAsync()
        {
            await Control.DisposeAsync();
            await Platform.DisposeAsync();
        }
    }
}
