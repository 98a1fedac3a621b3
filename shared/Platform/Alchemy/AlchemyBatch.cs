using System.Text.Json;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.Alchemy;

/// <summary>One call of a batch.</summary>
/// <param name="Method">The JSON-RPC method.</param>
/// <param name="Parameters">Writes its parameters.</param>
/// <param name="IsOptional">Whether a refusal means that there is nothing to tell, as of a tag the chain lacks.</param>
internal sealed record RpcCall(string Method, Action<Utf8JsonWriter> Parameters, bool IsOptional = false);

/// <summary>Sends calls in JSON-RPC batches (specification section 6) and matches the answers by their ids.</summary>
/// <remarks>
/// Answers come in any order and fail one by one: what was refused for rate or failed for the moment is asked again,
/// what was answered is not. A batch that is too large, or of which parts were refused for rate, makes the next ones
/// half as large.
/// </remarks>
internal sealed class AlchemyBatch(AlchemyNodes nodes, AlchemyOptions options)
{
    private const string Name = "batch";

    private int _itemsMax = options.BatchItemsMax;

    /// <summary>How many calls the next batch carries at most.</summary>
    internal int ItemsMax => Volatile.Read(ref _itemsMax);

    /// <summary>What <paramref name="read"/> makes of each answer, in the order of the calls.</summary>
    /// <returns>Null where the node answered null, or refused an optional call.</returns>
    internal async Task<T?[]> SendAsync<T>(
        IReadOnlyList<RpcCall> calls, Func<JsonElement, T> read, CancellationToken cancellationToken)
        where T : class
    {
        T?[] results = new T?[calls.Count];
        int[] pending = [.. Enumerable.Range(0, calls.Count)];
        RpcDeadline deadline = nodes.Begin();
        for (int failures = 0; pending.Length > 0;)
        {
            Task<RpcLeft>[] sent =
            [
                .. pending.Chunk(ItemsMax).Select(
                    chunk => SendChunkAsync(calls, chunk, results, read, deadline, cancellationToken)),
            ];
            RpcLeft[] left = await Task.WhenAll(sent);
            pending = [.. left.SelectMany(part => part.Items)];
            Exception? failed = left.Select(part => part.Failure).FirstOrDefault(part => part is not null);
            if (failed is not null)
            {
                if (++failures > options.RetriesMax)
                    throw failed;
                await nodes.BackOffAsync(failures, cancellationToken);
            }

            if (left.Any(part => part.IsLimited))
                Shrink();
            else if (pending.Length == 0)
                Grow();
            if (pending.Length > 0 && deadline.Left <= TimeSpan.Zero)
                throw failed ?? AlchemyFailures.Busy(Name, TimeSpan.Zero);
        }

        return results;
    }

    private async Task<RpcLeft> SendChunkAsync<T>(
        IReadOnlyList<RpcCall> calls,
        int[] chunk,
        T?[] results,
        Func<JsonElement, T> read,
        RpcDeadline deadline,
        CancellationToken cancellationToken)
        where T : class
    {
        byte[] body = AlchemyMessages.Batch(chunk.Select(index => (index, calls[index])));
        try
        {
            using RpcReply reply = await nodes.ReadAsync(Name, body, deadline, cancellationToken);
            if (reply.Document?.RootElement is { ValueKind: JsonValueKind.Array } answers)
                return Match(calls, chunk, results, read, answers);

            // One answer for all: the batch itself was refused.
            return AlchemyFailures.IsTooLarge(reply.Status, reply.Error) && chunk.Length > 1
                ? new RpcLeft(chunk, null, IsLimited: true)
                : throw AlchemyFailures.Read(calls[chunk[0]].Method, reply.Status, reply.Error);
        }
        catch (OutboundLostException exception) when (exception.IsTooLarge && chunk.Length > 1)
        {
            return new RpcLeft(chunk, null, IsLimited: true);
        }
        catch (OutboundLostException exception)
        {
            throw AlchemyFailures.Unavailable(Name, "no answer", exception);
        }
    }

    private RpcLeft Match<T>(
        IReadOnlyList<RpcCall> calls, int[] chunk, T?[] results, Func<JsonElement, T> read, JsonElement answers)
        where T : class
    {
        HashSet<int> open = [.. chunk];
        bool isLimited = false;
        Exception? failure = null;
        List<int> again = [];
        foreach (JsonElement answer in answers.EnumerateArray())
        {
            if (AlchemyMessages.IdOf(answer) is not { } index || !open.Remove(index))
                continue;
            RpcCall call = calls[index];
            RpcError? error = AlchemyMessages.ErrorOf(answer);
            if (AlchemyFailures.IsRateLimit(System.Net.HttpStatusCode.OK, error))
            {
                isLimited = true;
                again.Add(index);
            }
            else if (error is null && answer.TryGetProperty("result"u8, out JsonElement result))
            {
                results[index] = result.ValueKind == JsonValueKind.Null
                    ? null
                    : AlchemyMessages.Shape(call.Method, result, read);
            }
            else if (!call.IsOptional)
            {
                failure = AlchemyFailures.Read(call.Method, System.Net.HttpStatusCode.OK, error);
                if (failure is not FailureException)
                    throw failure;
                again.Add(index);
            }
        }

        if (open.Count > 0)
            failure ??= AlchemyFailures.Unavailable(Name, $"{open.Count} of {chunk.Length} calls were not answered");
        if (isLimited)
            nodes.RefusedInPart();
        return new RpcLeft([.. again, .. open], failure, isLimited);
    }

    private void Shrink() => Volatile.Write(ref _itemsMax, Math.Max(1, ItemsMax / 2));

    private void Grow() => Volatile.Write(ref _itemsMax, Math.Min(options.BatchItemsMax, ItemsMax + 1));

    /// <summary>What of a batch is to be asked again, and why.</summary>
    private sealed record RpcLeft(IReadOnlyList<int> Items, Exception? Failure, bool IsLimited);
}
