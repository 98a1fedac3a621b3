using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>The room as a process of its own, which a test kills by SIGKILL at the moment it chooses.</summary>
public sealed class SigningProcess : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly Process _process;

    private SigningProcess(Process process, int port)
    {
        _process = process;
        _http.BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts it on the world's database and waits until it answers its probe.</summary>
    public static Task<SigningProcess> StartAsync(SigningWorld world) =>
        StartAsync(world, new Dictionary<string, string?>());

    /// <summary>The same with settings of its own, by the names of environment variables.</summary>
    public static async Task<SigningProcess> StartAsync(
        SigningWorld world, IReadOnlyDictionary<string, string?> settings)
    {
        int port = FreePort();
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Signing.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SETTINGS"] = world.World.SettingsPath;
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["Host__Bind"] = "127.0.0.1";
        start.Environment["Host__Leash"] = "true";
        start.Environment["Vault__TokenPath"] = world.World.TokenPathOf("signing");
        start.Environment["Postgres__Database"] = world.DatabaseName;
        start.Environment["Broker__Url"] = "http://127.0.0.1:9/";
        foreach ((string name, string? value) in settings)
            start.Environment[name] = value;
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        SigningProcess running = new(process, port);
        await running.WaitUntilReadyAsync();
        return running;
    }

    /// <summary>It, called as this person.</summary>
    public ApiClient As(TestPerson person) => new(_http, person.Token);

    /// <summary>Hands it the announcement of a queued transaction, and waits for the answer, if one comes.</summary>
    public Task DeliverQueuedAsync(JsonElement queued) => DeliverAsync("souk.transaction.queued.v1", $$"""
        {"transactionId":"{{queued.GetProperty("id").GetString()}}",
        "chainId":{{queued.GetProperty("chainId").GetRawText()}},
        "signer":"{{queued.GetProperty("signerId").GetString()}}"}
        """);

    /// <summary>Hands it a hint at a chain.</summary>
    public Task DeliverHintAsync(ChainId chain) => DeliverAsync(
        "souk.chain.hinted.v1", $$"""{"chainId":{{chain}},"blockNumber":null}""");

    /// <summary>Fires its schedule.</summary>
    public Task TickAsync() => DeliverAsync("dev.knative.sources.ping", "{}", ("ce-job", "confirm"));

    /// <summary>Ends it as a power cut would, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        // Whoever kills it may be a server that knows no test: by no test's token.
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private async Task DeliverAsync(string type, string data, params (string Name, string Value)[] more)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "events")
        {
            Content = new StringContent(data, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", Guid.NewGuid().ToString());
        request.Headers.Add("ce-source", "/signing");
        request.Headers.Add("ce-type", type);
        foreach ((string name, string value) in more)
            request.Headers.Add(name, value);
        using HttpResponseMessage answer = await _http.SendAsync(request, Cancelled);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitUntilReadyAsync()
    {
        while (!_process.HasExited)
        {
            try
            {
                using HttpResponseMessage probe =
                    await _http.GetAsync(new Uri("health/readiness", UriKind.Relative), Cancelled);
                if (probe.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancelled);
            }
        }

        Assert.Fail("The room ended before it was ready.");
    }
}
