using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Souk.Local.Outside;
using Souk.Local.Servers;

namespace Souk.Benchmarks;

/// <summary>The machine's own limit: pgbench commits inbox rows of the same size, one a transaction.</summary>
/// <remarks>
/// On the same server and database, over the same kind of socket, as a member of the same role, with the statement
/// prepared and the payload sent each time. Nothing verifies, parses, announces or answers.
/// </remarks>
internal sealed class StormLimit
{
    private const string Role = "storm";

    private const string Script = """
        \set high random(1, 9000000000000000)
        \set low random(1, 9000000000000000)
        INSERT INTO inbox (consumer, source, id, taken_at, type, payload)
        VALUES ('webhooks', 'alchemy/storm', 'whevt_' || md5(:high::text || :low::text), now(), 'NFT_ACTIVITY',
            :payload::bytea)
        ON CONFLICT DO NOTHING;
        """;

    private readonly WorldDatabase _database;
    private readonly string _pgbench;
    private readonly string _scriptPath;
    private readonly string _password;
    private readonly int _payloadBytes;

    private StormLimit(
        WorldDatabase database, string pgbench, string scriptPath, string password, int payloadBytes)
    {
        _database = database;
        _pgbench = pgbench;
        _scriptPath = scriptPath;
        _password = password;
        _payloadBytes = payloadBytes;
    }

    /// <exception cref="InvalidOperationException">This PostgreSQL comes without pgbench.</exception>
    internal static async Task<StormLimit> PrepareAsync(
        World world, int payloadBytes, CancellationToken cancellationToken)
    {
        string bin = await PostgresBinaries.FindAsync(null, _ => { }, cancellationToken);
        string pgbench = Path.Combine(bin, "pgbench");
        if (!File.Exists(pgbench)) throw new InvalidOperationException($"{bin} holds no pgbench to compare with.");
        string script = Path.Combine(world.Folder("storm"), "insert.sql");
        string lines = Script.Replace("\n    ", " ", StringComparison.Ordinal);
        await File.WriteAllTextAsync(script, lines, cancellationToken);
        string password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await world.Database.Server.ExecuteAsync(
            $"CREATE ROLE {Role} LOGIN IN ROLE webhooks PASSWORD '{password}'", cancellationToken);
        return new StormLimit(world.Database, pgbench, script, password, payloadBytes);
    }

    /// <summary>Transactions a second.</summary>
    internal async Task<double> RunAsync(int connections, TimeSpan duration, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(_pgbench)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--no-vacuum", "--protocol=prepared", $"--file={_scriptPath}",
                $"--define=payload={new string('x', _payloadBytes)}",
                string.Create(CultureInfo.InvariantCulture, $"--client={connections}"),
                string.Create(CultureInfo.InvariantCulture, $"--jobs={Math.Min(connections, 2)}"),
                string.Create(CultureInfo.InvariantCulture, $"--time={(int)duration.TotalSeconds}"),
                $"--host={_database.Server.Host}",
                string.Create(CultureInfo.InvariantCulture, $"--port={_database.Server.Port}"),
                $"--username={Role}", WorldDatabase.Name,
            },
        };
        start.Environment["PGPASSWORD"] = _password;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        string? line = output.Split('\n').FirstOrDefault(it => it.StartsWith("tps = ", StringComparison.Ordinal));
        return line is null
            ? throw new InvalidOperationException($"pgbench failed:\n{output}{await errors}")
            : double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
    }
}
