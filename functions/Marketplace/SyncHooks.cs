using Souk.Platform.CloudEvents;

namespace Souk.Marketplace;

/// <summary>Schedule <c>sync-hooks</c>: webhooks watch what they should, and paused ones are resumed.</summary>
internal static class SyncHooks
{
    internal static Task HandleAsync(EventContext context) =>
        context.Get<HookSync>().RunAsync(context.CancellationToken);
}
