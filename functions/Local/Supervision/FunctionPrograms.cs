using System.Globalization;
using System.Runtime.InteropServices;
using Souk.Local.Servers;

namespace Souk.Local.Supervision;

/// <summary>The commands that start functions.</summary>
internal static class FunctionPrograms
{
    // Also where the supervisor itself was started by its own executable, or by a test's.
    private static readonly string DotNet = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>One process for all of these functions.</summary>
    public static LeashedCommand Together(IReadOnlyList<FunctionPlace> places, string settingsPath) => new(
        DotNet, [Assembly("Local"), .. HostedFunctions.Arguments(places)])
    {
        Environment = Environment(settingsPath),
        WorkingDirectory = Path.GetDirectoryName(settingsPath),
    };

    /// <summary>One process for one function, compiled as it runs or ahead of time.</summary>
    /// <exception cref="FileNotFoundException">There is no program compiled ahead of time.</exception>
    public static LeashedCommand Separate(FunctionPlace place, string settingsPath, string? aheadFolder)
    {
        string program = FunctionCatalog.ProgramOf(place.Function);
        Dictionary<string, string?> environment = Environment(settingsPath);
        environment["PORT"] = place.Port.ToString(CultureInfo.InvariantCulture);
        environment["Vault__TokenPath"] = place.TokenPath;
        LeashedCommand command = aheadFolder is null
            ? new LeashedCommand(DotNet, [Assembly(program)])
            : new LeashedCommand(FindAhead(aheadFolder, program), []);
        return command with { Environment = environment, WorkingDirectory = Path.GetDirectoryName(settingsPath) };
    }

    private static Dictionary<string, string?> Environment(string settingsPath) => new()
    {
        ["SETTINGS"] = settingsPath,
        ["Host__Bind"] = "127.0.0.1",
        ["DOTNET_hostBuilder__reloadConfigOnChange"] = "false",
        // The supervisor's own choices, and those of `dotnet run` and `dotnet test`, are not the functions'.
        ["ASPNETCORE_URLS"] = null,
        ["ASPNETCORE_ENVIRONMENT"] = null,
        ["DOTNET_ENVIRONMENT"] = null,
        ["PORT"] = null,
    };

    private static string Assembly(string program) => Path.Combine(AppContext.BaseDirectory, $"{program}.dll");

    // Where .NET's artifacts layout publishes to, or a folder that was filled by hand.
    private static string FindAhead(string folder, string program)
    {
        string platform = RuntimeInformation.RuntimeIdentifier;
        string[] places =
        [
            Path.Combine(program, $"release_{platform}", program),
            Path.Combine(program, "release", program),
            Path.Combine(program, program),
            program,
        ];
        return Bases(folder)
            .SelectMany(place => places.Select(it => Path.Combine(place, it)))
            .FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"{folder} holds no {program}; dotnet publish functions/{program} -c Release -r {platform} makes it.");
    }

    // A relative folder is looked for here and above: `dotnet run` starts a program in its project's own folder.
    private static IEnumerable<string> Bases(string folder)
    {
        for (DirectoryInfo? at = new(Directory.GetCurrentDirectory()); at is not null; at = at.Parent)
            yield return Path.GetFullPath(folder, at.FullName);
    }
}
