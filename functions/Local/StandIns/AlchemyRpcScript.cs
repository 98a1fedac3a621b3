using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>What the next call of one method meets: a lost answer, an answer made up, the node's own rewritten, or
/// something that happens before the node is asked.</summary>
internal sealed record AlchemyRpcStep(
    string Method,
    StandInFault? Fault,
    Func<JsonNode?, (int Status, JsonNode Body)>? Answer,
    Action<JsonNode>? Rewrite = null,
    Func<Task>? Before = null);

/// <summary>What the next request meets before it is read.</summary>
internal sealed record AlchemyRefusedRequest(int Status, TimeSpan? RetryAfter);

/// <summary>Scripted faults by method, each used once, in the order they were given.</summary>
internal sealed class AlchemyRpcScript
{
    private readonly Lock _gate = new();
    private readonly List<AlchemyRpcStep> _steps = [];
    private readonly Queue<AlchemyRefusedRequest> _refused = new();

    internal void Add(AlchemyRpcStep step)
    {
        lock (_gate) _steps.Add(step);
    }

    internal void Clear()
    {
        lock (_gate)
        {
            _steps.Clear();
            _refused.Clear();
        }
    }

    internal void Refuse(AlchemyRefusedRequest refused)
    {
        lock (_gate) _refused.Enqueue(refused);
    }

    internal AlchemyRefusedRequest? TakeRefusal()
    {
        lock (_gate) return _refused.TryDequeue(out AlchemyRefusedRequest? refused) ? refused : null;
    }

    internal AlchemyRpcStep? Take(string method)
    {
        lock (_gate)
        {
            int index = _steps.FindIndex(step => step.Method == method);
            if (index < 0) return null;
            AlchemyRpcStep step = _steps[index];
            _steps.RemoveAt(index);
            return step;
        }
    }
}
