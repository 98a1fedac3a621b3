using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local;

/// <summary>What the command line asks for.</summary>
public sealed record LocalCommand
{
    /// <summary>How to use the program.</summary>
    public const string Usage = """
        Souk on one machine.

          dotnet run --project functions/Local [-- <command> [options]]

        Commands
          run     start the platform, say where everything is, stay up (the default)
          demo    tell the story of the first sale on a fresh platform, and check it

        Options
          --chains <names>   which chains, by comma: ethereum, polygon; the default is both
          --block-time <s>   seconds between blocks; 0 mines a block for each transaction; the default is 1
          --separate         run each function as its own program
          --aot <folder>     run each function as its own program, compiled ahead of time and published there
          --verbose          print what the functions log
        """;

    /// <summary>The command.</summary>
    public string Name { get; init; } = "run";

    /// <summary>The chains.</summary>
    public IReadOnlyList<LocalChain> Chains { get; init; } = LocalChain.All;

    /// <summary>Time between blocks; null mines at once.</summary>
    public TimeSpan? BlockTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How the functions run.</summary>
    public FleetOptions Fleet { get; init; } = new();

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">One is unknown or wrong; the message says which.</exception>
    public static LocalCommand Parse(IReadOnlyList<string> arguments)
    {
        LocalCommand command = new();
        Queue<string> rest = new(arguments);
        if (rest.TryPeek(out string? first) && !first.StartsWith('-')) command = command with { Name = rest.Dequeue() };
        if (command.Name is not ("run" or "demo")) throw new FormatException($"{command.Name} is no command.");
        while (rest.TryDequeue(out string? option)) command = command.With(option, rest);
        return command;
    }

    private LocalCommand With(string option, Queue<string> rest) => option switch
    {
        "--chains" => this with { Chains = [.. Value(option, rest).Split(',').Select(FindChain)] },
        "--block-time" => this with { BlockTime = ParseBlockTime(Value(option, rest)) },
        "--separate" => this with { Fleet = Fleet with { Mode = FleetMode.Separate } },
        "--aot" => this with { Fleet = Fleet with { Mode = FleetMode.Ahead, AheadFolder = Value(option, rest) } },
        "--verbose" => this with { Fleet = Fleet with { OnLine = (_, line) => Console.WriteLine(line) } },
        _ => throw new FormatException($"{option} is no option."),
    };

    private static string Value(string option, Queue<string> rest) =>
        rest.TryDequeue(out string? value) ? value : throw new FormatException($"{option} needs a value.");

    private static LocalChain FindChain(string name) =>
        LocalChain.All.FirstOrDefault(chain => chain.Name == name)
        ?? throw new FormatException(
            $"{name} is no chain; there are {string.Join(" and ", LocalChain.All.Select(chain => chain.Name))}.");

    private static TimeSpan? ParseBlockTime(string text) =>
        int.TryParse(text, out int seconds) && seconds is >= 0 and <= 60
            ? (seconds == 0 ? null : TimeSpan.FromSeconds(seconds))
            : throw new FormatException("--block-time takes 0 to 60 seconds.");
}
