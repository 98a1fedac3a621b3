using System.Diagnostics;
using System.Globalization;

namespace Souk.Benchmarks;

/// <summary>The processor time that the parties of a run have used so far, as Linux counts it.</summary>
/// <param name="Function">The function's, in seconds.</param>
/// <param name="Postgres">PostgreSQL's with all its sessions, in seconds.</param>
/// <param name="Generator">This program's, in seconds.</param>
/// <param name="Node">The chain's node's, in seconds.</param>
internal sealed record RunCost(double Function, double Postgres, double Generator, double Node)
{
    /// <summary>The kernel's unit of these counts.</summary>
    private const double TicksPerSecond = 100;

    private const int StateField = 2;
    private const int ParentField = 3;
    private const int UserField = 13;

    /// <summary>What has been used up to now.</summary>
    internal static RunCost Read(int functionId, int postmasterId, int? nodeId = null)
    {
        double postgres = Of(postmasterId, withChildren: true);
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && ParentOf(id) == postmasterId)
            {
                postgres += Of(id, withChildren: false);
            }
        }

        using Process self = Process.GetCurrentProcess();
        return new RunCost(
            Of(functionId, withChildren: false),
            postgres,
            self.TotalProcessorTime.TotalSeconds,
            nodeId is { } node ? Of(node, withChildren: false) : 0);
    }

    /// <summary>What was used since <paramref name="before"/>, in microseconds a request.</summary>
    internal RunCost Since(RunCost before, int requests) => new(
        (Function - before.Function) * 1e6 / requests,
        (Postgres - before.Postgres) * 1e6 / requests,
        (Generator - before.Generator) * 1e6 / requests,
        (Node - before.Node) * 1e6 / requests);

    private static double Of(int id, bool withChildren)
    {
        string[]? fields = Fields(id);
        return fields is null
            ? 0
            : fields.Skip(UserField).Take(withChildren ? 4 : 2).Sum(Number) / TicksPerSecond;

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static int? ParentOf(int id) =>
        Fields(id) is { } fields ? int.Parse(fields[ParentField], CultureInfo.InvariantCulture) : null;

    // The second field is the program's name in parentheses, and may hold anything.
    private static string[]? Fields(int id)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{id}/stat");
            int nameEnd = text.LastIndexOf(')');
            return [.. Enumerable.Repeat("", StateField), .. text[(nameEnd + 2)..].Split(' ')];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
