using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Souk.Harness;

[assembly: AssemblyFixture(typeof(SharedWorld))]

namespace Souk.Platform.Tests.Hosting;

/// <summary>The edge on a real port, with a database of its own: a fixture of a test class.</summary>
public sealed class EdgeApp(SharedWorld world) : IAsyncLifetime
{
    private FunctionApp<EdgeFunction>? _app;

    internal FunctionApp<EdgeFunction> App => _app!;

    internal ApiClient Anonymous => App.Anonymous;

    public async ValueTask InitializeAsync() => _app = await FunctionApp.StartAsync<EdgeFunction>(
        await world.GetAsync(), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => App.DisposeAsync();

    internal T Get<T>()
        where T : notnull => Get<T>(App);

    internal static T Get<T>(FunctionApp<EdgeFunction> app)
        where T : notnull => app.Services.GetRequiredService<T>();

    internal Task<ApiAnswer> GetAsync(string path) =>
        Anonymous.GetAsync(path, TestContext.Current.CancellationToken);

    /// <summary>POSTs whatever text under whatever media type.</summary>
    internal Task<ApiAnswer> PostAsync(string path, string body, string? mediaType = "application/json")
    {
        HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        if (mediaType is not null)
            request.Content.Headers.Add("Content-Type", mediaType);
        return Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
