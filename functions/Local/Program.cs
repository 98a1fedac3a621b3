using Souk.Local;
using Souk.Local.Demo;
using Souk.Local.Supervision;

if (args is [HostedFunctions.Command, ..]) return await HostedFunctions.RunAsync(args.Skip(1));

LocalCommand command;
try
{
    command = LocalCommand.Parse(args);
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Message}\n\n{LocalCommand.Usage}");
    return 64;
}

using CancellationTokenSource stop = RunCommand.StopSignals(out IDisposable signals);
using (signals)
{
    try
    {
        return command.Name == "demo"
            ? await DemoCommand.RunAsync(command, stop.Token)
            : await RunCommand.RunAsync(command, stop.Token);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 130;
    }
    catch (FileNotFoundException exception)
    {
        await Console.Error.WriteLineAsync(exception.Message);
        return 66;
    }
}
