using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>What the next call of one method meets: a lost answer, or an answer made up.</summary>
internal sealed record AlchemyRpcStep(
    string Method, StandInFault? Fault, Func<JsonNode?, (int Status, JsonNode Body)>? Answer);

/// <summary>Scripted faults by method, each used once, in the order they were given.</summary>
internal sealed class AlchemyRpcScript
{
    private readonly Lock _gate = new();
    private readonly List<AlchemyRpcStep> _steps = [];

    internal void Add(AlchemyRpcStep step)
    {
        lock (_gate) _steps.Add(step);
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
