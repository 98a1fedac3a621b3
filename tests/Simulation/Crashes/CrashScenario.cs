using Souk.Local.Demo;

namespace Souk.Simulation.Crashes;

/// <summary>Something that one function does, and that is as well done by it when it dies on the way.</summary>
public abstract class CrashScenario
{
    /// <summary>What it is called in reports.</summary>
    public abstract string Name { get; }

    /// <summary>Which function dies.</summary>
    public abstract string Function { get; }

    /// <summary>Makes the world ready for it; no step of this counts.</summary>
    public abstract Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Has the function do it, and everyone try again as they do, until nobody has anything left to do.
    /// </summary>
    public abstract Task ActAsync(CancellationToken cancellationToken);

    /// <summary>All that was acknowledged stands, and stands once.</summary>
    /// <exception cref="DemoFailedException">It does not.</exception>
    public abstract Task RequireAsync(CancellationToken cancellationToken);
}
