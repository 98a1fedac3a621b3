using System.Buffers;

namespace Souk.Harness.Faults;

/// <summary>One connection through a <see cref="PostgresGate"/>.</summary>
/// <param name="client">The process's side.</param>
/// <param name="server">PostgreSQL's side.</param>
/// <param name="point">Who counts, and decides.</param>
internal sealed class PostgresSession(Stream client, Stream server, CrashPoint point)
{
    private const string Begin = "BEGIN";

    private readonly Dictionary<string, string> _prepared = [];
    private readonly ArrayBufferWriter<byte> _flight = new();
    private string _statement = "";

    // The server says first that the connection itself is ready.
    private int _awaited = 1;
    private volatile bool _diesWhenReady;

    /// <summary>Passes on what the process asks, until it hangs up or dies.</summary>
    internal async Task AskAsync(CancellationToken cancellationToken)
    {
        BufferedStream buffered = new(client);
        bool isFirst = true;
        while (await PostgresMessage.ReadAsync(buffered, isFirst, cancellationToken) is { } message)
        {
            isFirst = false;
            Remember(message);
            _flight.Write(message.Octets.AsSpan());
            if (message.EndsFlight)
            {
                Interlocked.Increment(ref _awaited);
                if (_statement.StartsWith(Begin, StringComparison.OrdinalIgnoreCase)) continue;
                StepFate fate = await point.TakeAsync($"postgres: {PostgresMessage.Shorten(_statement)}");
                if (fate == StepFate.Dead) return;
                _diesWhenReady = fate == StepFate.PassAndDie;
            }

            if (message.EndsFlight || message.Type is '\0' or 'p' or 'X' or 'H') await PassAsync(cancellationToken);
        }
    }

    /// <summary>Passes on what PostgreSQL answers, until the process is to die of it.</summary>
    internal async Task AnswerAsync(CancellationToken cancellationToken)
    {
        BufferedStream buffered = new(server);
        while (await PostgresMessage.ReadAsync(buffered, isFirst: false, cancellationToken) is { } message)
        {
            bool isLast = message.IsReady && Interlocked.Decrement(ref _awaited) <= 0;
            if (_diesWhenReady)
            {
                if (!isLast) continue;
                await point.KillAsync();
                return;
            }

            await client.WriteAsync(message.Octets, cancellationToken);
        }
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        await server.WriteAsync(_flight.WrittenMemory, cancellationToken);
        _flight.ResetWrittenCount();
    }

    private void Remember(PostgresMessage message)
    {
        if (message.Type == 'Q') _statement = message.Text(0);
        else if (message.Type == 'P') _prepared[message.Text(0)] = message.Text(1);
        else if (message.Type == 'B') _statement = _prepared.GetValueOrDefault(message.Text(1), "");
    }
}
