using Microsoft.Extensions.Logging;
using Souk.Platform.Http;

namespace Souk.Platform.Hosting;

/// <summary>
/// Dialling ahead of need: whoever needs the connection dials again, so a failure here costs nothing.
/// </summary>
internal static partial class Warmup
{
    internal static async Task RunAsync(
        Func<CancellationToken, Task> warmup, ILogger logger, CancellationToken stopping)
    {
        try
        {
            await warmup(stopping);
        }
#pragma warning disable CA1031 // Whatever went wrong will be met, and mapped, by the request that needs it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!stopping.IsCancellationRequested)
                Log.NotWarm(logger, FailureProblem.FailureOf(exception).Code.ToString());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Started cold: {Code}.")]
        internal static partial void NotWarm(ILogger logger, string code);
    }
}
