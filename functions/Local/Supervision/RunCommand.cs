using System.Runtime.InteropServices;
using Souk.Local.Outside;
using Souk.Local.Servers;

namespace Souk.Local.Supervision;

/// <summary><c>run</c>: starts the platform and keeps it until Ctrl-C or SIGTERM.</summary>
internal static class RunCommand
{
    /// <summary>Runs it; 0 after a clean end.</summary>
    public static async Task<int> RunAsync(LocalCommand command, CancellationToken cancellationToken)
    {
        WorldOptions world = new()
        {
            Chains = command.Chains,
            BlockTime = command.BlockTime,
            Postgres = new LocalPostgresOptions(),
            HasRunningSchedules = true,
            BrokerWaitFactor = 1,
        };
        await using LocalPlatform platform =
            await LocalPlatform.StartAsync(world, command.Fleet, Console.WriteLine, cancellationToken);
        platform.World.Broker.OnDeadLetter = Console.WriteLine;
        await using ControlServer control = new(platform);
        await control.StartAsync(cancellationToken);
        Console.WriteLine(Welcome.Text(platform, control.Url));
        await WaitAsync(cancellationToken);
        Console.WriteLine("Stopping ...");
        return 0;
    }

    /// <summary>Ends with Ctrl-C, SIGTERM or SIGHUP, so that every child is stopped in order.</summary>
    public static CancellationTokenSource StopSignals(out IDisposable registrations)
    {
        CancellationTokenSource stop = new();
        registrations = new Registrations(
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
                PosixSignalRegistration.Create(signal, context =>
                {
                    context.Cancel = true;
                    stop.Cancel();
                })),
        ]);
        return stop;
    }

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private sealed class Registrations(PosixSignalRegistration[] all) : IDisposable
    {
        public void Dispose()
        {
            foreach (PosixSignalRegistration one in all) one.Dispose();
        }
    }
}
