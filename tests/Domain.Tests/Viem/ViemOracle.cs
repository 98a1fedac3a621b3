using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Souk.Local.Servers;

[assembly: AssemblyFixture(typeof(Souk.Domain.Tests.Viem.ViemOracle))]

namespace Souk.Domain.Tests.Viem;

/// <summary>Asks viem, an implementation in another language that shares no code with ours.</summary>
public sealed class ViemOracle : IDisposable
{
    private readonly SemaphoreSlim _installing = new(1);
    private readonly string _folder = typeof(ViemOracle).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static it => it.Key == "OracleFolder").Value!;

    public void Dispose() => _installing.Dispose();

    /// <summary>The answers, in the order of the cases.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(
        IReadOnlyList<JsonObject> cases, CancellationToken cancellationToken)
    {
        await InstallAsync(cancellationToken);
        using Process node = Process.Start(new ProcessStartInfo("node", ["oracle.mjs"])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
        })!;
        try
        {
            Task<string> output = node.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = node.StandardError.ReadToEndAsync(cancellationToken);
            await WriteAsync(node, cases);
            string[] lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await node.WaitForExitAsync(cancellationToken);
            Assert.True(lines.Length == cases.Count, await errors);
            return [.. lines.Select(static line => JsonNode.Parse(line)!.GetValue<string>())];
        }
        finally
        {
            if (!node.HasExited) node.Kill();
        }
    }

    private static async Task WriteAsync(Process node, IReadOnlyList<JsonObject> cases)
    {
        try
        {
            foreach (JsonObject each in cases) await node.StandardInput.WriteLineAsync(each.ToJsonString());
            node.StandardInput.Close();
        }
        catch (IOException)
        {
            // It died: what it said on the other stream is the failure to show.
        }
    }

    private async Task InstallAsync(CancellationToken cancellationToken)
    {
        await _installing.WaitAsync(cancellationToken);
        try
        {
            await NpmPackages.EnsureAsync(
                _folder, static line => TestContext.Current.SendDiagnosticMessage(line), cancellationToken);
        }
        finally
        {
            _installing.Release();
        }
    }
}
