using System.Collections.Concurrent;
using Souk.Local.Servers;

namespace Souk.Domain.Tests.Viem;

/// <summary>The installer of npm packages, on a folder of its own that asks for none.</summary>
public sealed class NpmPackagesTests : IDisposable
{
    private const string Package = """{ "name": "empty", "version": "1.0.0", "private": true }""";

    private const string Lock =
        """
        { "name": "empty", "version": "1.0.0", "lockfileVersion": 3,
          "packages": { "": { "name": "empty", "version": "1.0.0" } } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("souk-npm-").FullName;
    private readonly ConcurrentQueue<string> _progress = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Installs_once_for_all_who_ask_at_once_and_again_for_another_lock()
    {
        await WriteAsync(Package, Lock);

        string[] modules = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => EnsureAsync()));

        Assert.All(modules, it => Assert.Equal(Path.Combine(_folder, "node_modules"), it));
        Assert.True(Directory.Exists(modules[0]));
        Assert.Single(_progress, static line => line.StartsWith("Installing", StringComparison.Ordinal));

        await WriteAsync(Package, $"{Lock}\n");
        await EnsureAsync();

        Assert.Equal(2, _progress.Count(static line => line.StartsWith("Installing", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Tells_what_npm_said_when_it_fails()
    {
        await WriteAsync("""{ "name": "other", "dependencies": { "viem": "1.0.0" } }""", Lock);

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(EnsureAsync);

        Assert.Contains("viem", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "node_modules", ".souk-stamp")));
    }

    private Task<string> EnsureAsync() =>
        NpmPackages.EnsureAsync(_folder, _progress.Enqueue, TestContext.Current.CancellationToken);

    private async Task WriteAsync(string package, string locked)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(Path.Combine(_folder, "package.json"), package, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "package-lock.json"), locked, cancellationToken);
    }
}
