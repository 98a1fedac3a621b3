using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Souk.Platform.Tests.Hosting;

/// <summary>A function as the program it is published as.</summary>
public sealed class FunctionProcessTests
{
    private static readonly Dictionary<string, string> Sound = new()
    {
        ["PORT"] = "0",
        ["Host__Bind"] = "127.0.0.1",
        ["Vault__Address"] = "http://127.0.0.1:9",
        ["Vault__LoginMethod"] = "token",
        ["Vault__Token"] = "any",
        ["Postgres__Host"] = "127.0.0.1",
        ["Postgres__Database"] = "souk",
        ["Broker__Url"] = "http://127.0.0.1:9",
        ["Site__Domain"] = "nowhere.invalid",
        ["Site__Uri"] = "https://nowhere.invalid",
        ["Site__Issuer"] = "https://nowhere.invalid",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ends_with_78_and_prints_every_fault_when_its_settings_are_wrong()
    {
        using Process function = Start(new Dictionary<string, string>(Sound)
        {
            ["PORT"] = "first", ["Postgres__Host"] = "", ["Broker__Url"] = "",
        });

        string faults = await function.StandardError.ReadToEndAsync(Token);
        await function.WaitForExitAsync(Token);

        Assert.Equal(78, function.ExitCode);
        Assert.Contains("PORT: it is no port number.", faults, StringComparison.Ordinal);
        Assert.Contains("Postgres: ", faults, StringComparison.Ordinal);
        Assert.Contains("Broker", faults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_with_78_when_there_is_no_settings_file()
    {
        using Process function = Start(
            new Dictionary<string, string>(Sound) { ["SETTINGS"] = "/nowhere/settings.json" });

        string faults = await function.StandardError.ReadToEndAsync(Token);
        await function.WaitForExitAsync(Token);

        Assert.Equal(78, function.ExitCode);
        Assert.StartsWith("SETTINGS: ", faults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_with_0_soon_after_SIGTERM_and_logs_nothing_but_JSON()
    {
        using Process function = Start(Sound);
        List<string> lines = [];
        Uri url = await WaitUntilItListensAsync(function, lines);
        using HttpClient http = new() { BaseAddress = url };
        Assert.True((await http.GetAsync("health/readiness", Token)).IsSuccessStatusCode);
        Assert.Equal(404, (int)(await http.GetAsync("v1/nothing", Token)).StatusCode);

        Assert.Equal(0, Kill(function.Id, Sigterm));
        string rest = await function.StandardOutput.ReadToEndAsync(Token);
        lines.AddRange(rest.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await function.WaitForExitAsync(Token);

        Assert.Equal(0, function.ExitCode);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        Assert.DoesNotContain(lines, line => line.Contains("readiness", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Answered GET none with 404", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ends_when_the_hand_that_holds_its_leash_is_gone()
    {
        using Process function = Start(new Dictionary<string, string>(Sound) { ["Host__Leash"] = "true" });
        await WaitUntilItListensAsync(function, []);

        function.StandardInput.Close();
        await function.StandardOutput.ReadToEndAsync(Token);
        await function.WaitForExitAsync(Token);

        Assert.Equal(0, function.ExitCode);
    }

    private const int Sigterm = 15;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);

    private static Process Start(IReadOnlyDictionary<string, string> environment)
    {
        string dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");
        ProcessStartInfo start = new(Path.GetFullPath(dotnet), [Path.Combine(AppContext.BaseDirectory, "Jobs.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task<Uri> WaitUntilItListensAsync(Process function, List<string> lines)
    {
        while (await function.StandardOutput.ReadLineAsync(Token) is { } line)
        {
            lines.Add(line);
            using JsonDocument said = JsonDocument.Parse(line);
            if (said.RootElement.TryGetProperty("Address", out JsonElement address))
                return new Uri(address.GetString()!);
        }

        throw new InvalidOperationException(await function.StandardError.ReadToEndAsync(Token));
    }
}
