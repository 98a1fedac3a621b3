using Souk.Platform.CloudEvents;

namespace Souk.Marketplace;

/// <summary>Schedule <c>sync-hooks</c>: the providers' webhooks watch what is wished, and the paused are resumed.</summary>
internal static class SyncHooks
{
    internal static Task HandleAsync(EventContext context) =>
        context.Get<HookSync>().RunAsync(context.CancellationToken);
}
