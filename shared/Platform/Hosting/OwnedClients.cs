namespace Souk.Platform.Hosting;

/// <summary>The clients that a function made before its host: closed with the host, the newest first.</summary>
internal sealed class OwnedClients : IAsyncDisposable
{
    private readonly Stack<object> _clients = new();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_clients.TryPop(out object? client))
        {
            if (client is IAsyncDisposable slow)
                await slow.DisposeAsync();
            else
                ((IDisposable)client).Dispose();
        }
    }

    internal T Add<T>(T client)
        where T : class
    {
        _clients.Push(client);
        return client;
    }
}
