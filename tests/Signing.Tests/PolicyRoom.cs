using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Platform.Postgres;

namespace Souk.Signing.Tests;

/// <summary>The signing room again, on a database of its own, with a delay for changes and a clock that can be moved.
/// </summary>
/// <remarks>It sends nothing: the wallet's nonces are the other room's.</remarks>
internal sealed class PolicyRoom : IAsyncDisposable
{
    private readonly FunctionApp<SigningFunction> _app;

    private PolicyRoom(FunctionApp<SigningFunction> app, MovableClock clock) => (_app, Clock) = (app, clock);

    internal MovableClock Clock { get; }

    internal Database Database => _app.Services.GetRequiredService<Database>();

    internal JudgeCall Judge => _app.Services.GetRequiredService<JudgeCall>();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    internal static async Task<PolicyRoom> StartAsync(SigningWorld world, TimeSpan delay)
    {
        MovableClock clock = new();
        Dictionary<string, string?> settings = new()
        {
            ["Broker:Url"] = "http://127.0.0.1:9/",
            ["Policy:WideningDelay"] = delay.ToString("c"),
        };
        return new PolicyRoom(
            await FunctionApp.StartAsync<SigningFunction>(
                world.World, new FunctionAppOptions { Settings = settings, Clock = clock }, Cancelled),
            clock);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal Task<TestPerson> AddPersonAsync() => _app.SignInAsync(TokenAudience.Admin, Cancelled, Role.Operator);

    /// <summary>POSTs as somebody who signed in just now: tokens do not outlive a moved clock.</summary>
    internal async Task<ApiAnswer> PostAsync(string path, JsonObject body) =>
        await (await AddPersonAsync()).Api.PostAsync(path, body.ToJsonString(), Cancelled);

    internal Task SqlAsync(string sql) => _app.Database.ExecuteAsync(sql, Cancelled);

    internal async Task<T> ReadAsync<T>(string sql) => (await _app.Database.FindAsync<T>(sql, Cancelled))!;
}
