using System.Diagnostics;

namespace Souk.Local.Demo;

/// <summary>Prints each step of the story with what happened and how long it took.</summary>
public sealed class StepPrinter(Action<string> write)
{
    private int _number;

    /// <summary>Prints a heading.</summary>
    public void Chapter(string title) => write($"\n{title}");

    /// <summary>Runs a step and prints what it tells.</summary>
    public async Task RunAsync(Func<Task<string>> step)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string told = await step();
        write($"  {++_number,2}. {told} ({watch.Elapsed.TotalSeconds:0.00} s)");
    }
}
