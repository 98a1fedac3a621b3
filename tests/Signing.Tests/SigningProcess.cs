using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

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
    public static async Task<SigningProcess> StartAsync(SigningWorld world)
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
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        SigningProcess running = new(process, port);
        await running.WaitUntilReadyAsync();
        return running;
    }

    /// <summary>Hands it the announcement of a queued transaction; nobody waits for the answer.</summary>
    public Task DeliverQueuedAsync(JsonElement queued)
    {
        string data = $$"""
            {"transactionId":"{{queued.GetProperty("id").GetString()}}","chainId":1,
            "signer":"{{queued.GetProperty("signerId").GetString()}}"}
            """;
        HttpRequestMessage request = new(HttpMethod.Post, "events")
        {
            Content = new StringContent(data, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", Guid.NewGuid().ToString());
        request.Headers.Add("ce-source", "/signing");
        request.Headers.Add("ce-type", "souk.transaction.queued.v1");
        return _http.SendAsync(request, Cancelled);
    }

    /// <summary>Ends it as a power cut would, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        _http.Dispose();
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
