using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local.Tests.Supervision;

public sealed class LocalPlatformTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FleetMode.Together)]
    [InlineData(FleetMode.Separate)]
    public async Task A_killed_function_comes_back_on_the_same_port(FleetMode mode)
    {
        await using LocalPlatform platform = await StartAsync(mode, "jobs", "webhooks");
        Uri url = platform.Functions.UrlOf("jobs");
        int first = platform.Functions.ProcessIdOf("jobs");

        await platform.Functions.KillAsync("jobs", Token);
        int down = platform.Functions.ProcessIdOf("jobs");
        await platform.Functions.RestartAsync("jobs", Token);

        Assert.Equal(0, down);
        Assert.NotEqual(first, platform.Functions.ProcessIdOf("jobs"));
        Assert.Equal(url, platform.Functions.UrlOf("jobs"));
        Assert.True(await AnswersAsync(url));
    }

    [Fact]
    public async Task Killing_one_program_leaves_the_others_up()
    {
        await using LocalPlatform platform = await StartAsync(FleetMode.Separate, "jobs", "webhooks");

        await platform.Functions.KillAsync("jobs", Token);

        Assert.True(await AnswersAsync(platform.Functions.UrlOf("webhooks")));
    }

    [Fact]
    public async Task Leaves_no_process_and_no_file_behind()
    {
        LocalPlatform platform = await StartAsync(FleetMode.Together, "jobs");
        int[] processes = [platform.Functions.ProcessIdOf("jobs"), platform.World.Database.Server.ProcessId];
        string settings = platform.World.SettingsPath;

        await platform.DisposeAsync();

        Assert.All(processes, id => Assert.Throws<ArgumentException>(() => Process.GetProcessById(id)));
        Assert.False(Directory.Exists(Path.GetDirectoryName(settings)));
    }

    [Fact]
    public async Task A_fired_schedule_runs_in_the_function_that_its_trigger_names()
    {
        await using LocalPlatform platform = await StartAsync(FleetMode.Together, "jobs");

        Assert.True(platform.World.Schedules.Fire("purge"));
        await platform.World.Broker.DrainAsync(Token);

        Assert.Empty(platform.World.Broker.DeadLetters);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_settings_and_the_tokens()
    {
        await using World world = await World.StartAsync(new WorldOptions(), _ => { }, Token);

        foreach (string path in (string[])[world.SettingsPath, world.TokenPathOf("signing")])
        {
            UnixFileMode mode = OperatingSystem.IsWindows() ? OwnerOnly : File.GetUnixFileMode(path);
            string text = await File.ReadAllTextAsync(path, Token);
            Assert.Equal(OwnerOnly, mode);
            Assert.DoesNotContain(world.Redis.Password("auth"), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_chains_stand_with_their_own_contracts_and_nodes()
    {
        WorldOptions options = new() { Chains = LocalChain.All };
        await using World world = await World.StartAsync(options, _ => { }, Token);

        Assert.Equal([new ChainId(1), new ChainId(137)], world.Chains.Select(chain => chain.Node.ChainId));
        Assert.Equal(2, world.Chains.Select(chain => chain.Node.RpcUrl).Distinct().Count());
        Assert.Equal(8, world.Hooks.Count);
    }

    private static Task<LocalPlatform> StartAsync(FleetMode mode, params string[] functions) =>
        LocalPlatform.StartAsync(
            new WorldOptions(), new FleetOptions { Mode = mode, Functions = functions }, _ => { }, Token);

    private static async Task<bool> AnswersAsync(Uri url)
    {
        using HttpClient http = new();
        using HttpResponseMessage response = await http.GetAsync(new Uri(url, "health/readiness"), Token);
        return response.IsSuccessStatusCode;
    }
}
