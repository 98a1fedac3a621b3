using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Souk.Local.Servers;

namespace Souk.Harness.Faults;

/// <summary>
/// Stands between a process and PostgreSQL, on unix sockets; each statement up to its Sync is a step.
/// </summary>
/// <remarks>
/// A BEGIN is none by itself, for it is sent together with what follows it. When the process dies its sessions end as
/// a killed client's do: the server sees the socket close and rolls back. It knows no encryption: a client must not ask
/// for TLS or GSS.
/// </remarks>
internal sealed class PostgresGate : IAsyncDisposable
{
    private readonly PrivateFolder _folder = PrivateFolder.Create();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _sessions = new();
    private readonly LocalPostgres _server;
    private readonly CrashPoint _point;
    private readonly Task _accepting;

    internal PostgresGate(LocalPostgres server, CrashPoint point)
    {
        _server = server;
        _point = point;
        _listener.Bind(new UnixDomainSocketEndPoint(SocketIn(_folder.FullPath)));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>The folder of its socket, to be given to clients as the host; the port is the server's.</summary>
    internal string Host => _folder.FullPath;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_sessions.Keys);
        _stop.Dispose();
        _folder.Dispose();
    }

    private string SocketIn(string folder) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{_server.Port}"));

    private async Task AcceptAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_stop.Token);
                Task session = ServeAsync(client);
                _sessions[session] = true;
                _ = session.ContinueWith(
                    done => _sessions.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None,
                    TaskScheduler.Default);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        await Task.Yield();
        using Socket dialled = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await using NetworkStream client = new(accepted, ownsSocket: true);
        try
        {
            await dialled.ConnectAsync(new UnixDomainSocketEndPoint(SocketIn(_server.Host)), _stop.Token);
            await using NetworkStream server = new(dialled, ownsSocket: false);
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            PostgresSession session = new(client, server, _point);
            Task asking = session.AskAsync(end.Token);
            Task answering = session.AnswerAsync(end.Token);
            await Task.WhenAny(asking, answering);
            await end.CancelAsync();
            await Task.WhenAll(asking, answering);
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or IOException or SocketException)
        {
            // One of the two hung up, and with that the other.
        }
    }
}
