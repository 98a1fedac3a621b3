using System.Buffers.Binary;
using System.Net;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Randomness;

namespace Souk.Platform.Alchemy;

/// <summary>The endpoints that one chain is read by: one of them at a time, another when that one fails.</summary>
/// <remarks>
/// Endpoints differ by a block or two, and reads that jumped between them would see the chain go backward: so an
/// instance stays with the one that it drew, by weight, until that one fails. One that failed is left alone for a
/// while, each time in a row for twice as long, and is asked before its time only when all have failed.
/// </remarks>
internal sealed class AlchemyNodes : IDisposable
{
    private static readonly TimeSpan RestFirst = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RestMax = TimeSpan.FromMinutes(2);

    private readonly AlchemyOptions _options;
    private readonly TimeProvider _clock;
    private readonly EntropySource _entropy;
    private readonly Node[] _nodes;
    private readonly Lock _gate = new();
    private Node? _current;

    internal AlchemyNodes(
        ChainSettings chain,
        AlchemyOptions options,
        Func<string, CancellationToken, ValueTask<string>> key,
        TimeProvider clock,
        EntropySource entropy)
    {
        (_options, _clock, _entropy) = (options, clock, entropy);
        // With another endpoint at hand, that one is the retry.
        int retriesMax = chain.Nodes.Count > 1 ? 0 : options.RetriesMax;
        _nodes =
        [
            .. chain.Nodes.Select(node => new Node(
                node.Weight,
                new AlchemyTransport(
                    $"{chain.Name} node",
                    node,
                    options,
                    retriesMax,
                    cancellationToken => key(node.KeyName, cancellationToken),
                    clock,
                    entropy))),
        ];
    }

    /// <summary>A watch of one read's total time.</summary>
    internal RpcDeadline Begin() => new(_clock, _options.TotalTimeout);

    /// <summary>Posts what has no effect, to other endpoints too as long as one fails and there is time.</summary>
    /// <inheritdoc cref="AlchemyTransport.ReadAsync"/>
    internal async Task<RpcReply> ReadAsync(
        string method, byte[] body, RpcDeadline deadline, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            Node node = Pick();
            bool isLast = attempt >= _nodes.Length || deadline.Left <= TimeSpan.Zero;
            try
            {
                RpcReply reply = await node.Transport.ReadAsync(method, body, deadline, cancellationToken);
                if (IsAnswer(reply.Status))
                    Succeeded(node);
                else
                    Failed(node);
                if (isLast || IsAnswer(reply.Status))
                    return reply;
                reply.Dispose();
            }
            catch (Exception exception) when (exception is OutboundLostException or FailureException)
            {
                Failed(node);
                if (isLast)
                    throw;
            }
        }
    }

    /// <summary>Gives a signed transaction to one endpoint after the other, until one has it for certain.</summary>
    /// <remarks>
    /// The same octets may be given to any number of them: only one transaction comes of it. Once one's answer was
    /// lost, only another's that has the transaction, or knows its nonce used, ends the doubt.
    /// </remarks>
    /// <exception cref="FailureException">There was no key (<c>upstream_unavailable</c>); nothing was sent.</exception>
    internal async Task<BroadcastResult> BroadcastAsync(byte[] body, CancellationToken cancellationToken)
    {
        BroadcastResult? doubtful = null;
        for (int attempt = 1; ; attempt++)
        {
            Node node = Pick();
            BroadcastResult result = await node.Transport.BroadcastAsync(body, cancellationToken);
            if (result.Outcome is BroadcastOutcome.Unknown or BroadcastOutcome.NotTaken)
                Failed(node);
            else
                Succeeded(node);
            if (result.IsInPool || result.Outcome == BroadcastOutcome.NonceTooLow)
                return result;
            if (result.Outcome == BroadcastOutcome.Unknown)
                doubtful ??= result;
            bool goesOn = result.Outcome is BroadcastOutcome.Unknown or BroadcastOutcome.NotTaken;
            if (!goesOn || attempt >= _nodes.Length)
                return doubtful ?? result;
        }
    }

    /// <summary>Items of a batch were refused for rate although the batch was not.</summary>
    internal void RefusedInPart() => Pick().Transport.RefusedInPart();

    /// <summary>The wait before a retry, the longer the more retries there were.</summary>
    internal Task BackOffAsync(int retries, CancellationToken cancellationToken) =>
        Task.Delay(_options.RetryDelay * (1 << Math.Min(retries - 1, 4)), _clock, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Node node in _nodes)
            node.Transport.Dispose();
    }

    /// <summary>Whether an endpoint answers for the chain; else it speaks of its own load, keys and faults.</summary>
    private static bool IsAnswer(HttpStatusCode status) => status is not (HttpStatusCode.Unauthorized
        or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout) && (int)status < 500;

    private Node Pick()
    {
        lock (_gate)
        {
            return _current ??= Draw();
        }
    }

    private Node Draw()
    {
        long now = _clock.GetTimestamp();
        Node[] rested = [.. _nodes.Where(node => node.RestsUntil <= now)];
        if (rested.Length == 0)
            return _nodes.MinBy(node => node.RestsUntil)!;
        Span<byte> bytes = stackalloc byte[4];
        _entropy.Fill(bytes);
        long place = BinaryPrimitives.ReadUInt32LittleEndian(bytes) % rested.Sum(node => (long)node.Weight);
        int index = 0;
        while ((place -= rested[index].Weight) >= 0)
            index++;
        return rested[index];
    }

    private void Succeeded(Node node)
    {
        lock (_gate)
        {
            node.FailuresInARow = 0;
        }
    }

    private void Failed(Node node)
    {
        lock (_gate)
        {
            TimeSpan rest = RestFirst * (1 << Math.Min(node.FailuresInARow++, 10));
            long ticks = (long)((rest < RestMax ? rest : RestMax).TotalSeconds * _clock.TimestampFrequency);
            node.RestsUntil = _clock.GetTimestamp() + ticks;
            if (_current == node)
                _current = null;
        }
    }

    private sealed class Node(int weight, AlchemyTransport transport)
    {
        internal int Weight { get; } = weight;

        internal AlchemyTransport Transport { get; } = transport;

        internal int FailuresInARow { get; set; }

        internal long RestsUntil { get; set; } = long.MinValue;
    }
}
