namespace Souk.Harness.Faults;

/// <summary>On which side of a step's effect a process dies.</summary>
public enum CrashMoment
{
    /// <summary>What it asked never leaves it.</summary>
    BeforeEffect,

    /// <summary>What it asked was done, and it never hears so.</summary>
    AfterEffect,
}

/// <summary>What becomes of a step.</summary>
internal enum StepFate
{
    /// <summary>It is passed on, and its answer too.</summary>
    Pass,

    /// <summary>It is passed on; once it has had its effect the process is to be killed.</summary>
    PassAndDie,

    /// <summary>The process is dead: nothing is passed on.</summary>
    Dead,
}

/// <summary>Numbers what a process asks of the world outside it, and kills it at one of those steps.</summary>
/// <remarks>
/// A step is a statement that PostgreSQL is asked to run (up to its Sync, so that a COMMIT is one), or an HTTP request.
/// The gates in front of those servers tell each step; the process itself has no hook and knows nothing of it.
/// </remarks>
public sealed class CrashPoint
{
    private readonly Lock _gate = new();
    private readonly List<string> _steps = [];
    private int _step;
    private CrashMoment _moment;
    private Func<Task>? _kill;
    private bool _isDying;
    private TaskCompletionSource _crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The steps taken since <see cref="Count"/> or <see cref="Arm"/>, oldest first.</summary>
    public IReadOnlyList<string> Steps
    {
        get
        {
            lock (_gate) return [.. _steps];
        }
    }

    /// <summary>Ends when the process is dead; not before <see cref="Arm"/>'s step is reached.</summary>
    public Task Crashed
    {
        get
        {
            lock (_gate) return _crashed.Task;
        }
    }

    /// <summary>Counts from 1 again, and kills nothing.</summary>
    public void Count() => Restart(step: 0, CrashMoment.BeforeEffect, kill: null);

    /// <summary>Counts from 1 again, and kills the process at this step, once.</summary>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="moment">Before the step has its effect, or after.</param>
    /// <param name="kill">Kills the process and waits until it is gone.</param>
    public void Arm(int step, CrashMoment moment, Func<Task> kill) => Restart(step, moment, kill);

    /// <summary>Takes note of a step and answers what becomes of it; a process that is dying takes none.</summary>
    internal async Task<StepFate> TakeAsync(string step)
    {
        Task? dying = null;
        bool diesNow = false;
        lock (_gate)
        {
            if (_isDying)
            {
                dying = _crashed.Task;
            }
            else
            {
                _steps.Add(step);
                _isDying = _kill is not null && _steps.Count == _step;
                if (!_isDying) return StepFate.Pass;
                diesNow = _moment == CrashMoment.BeforeEffect;
            }
        }

        if (dying is null && !diesNow) return StepFate.PassAndDie;
        if (diesNow) await KillAsync();
        else await dying!;
        return StepFate.Dead;
    }

    /// <summary>Kills the process whose step has had its effect.</summary>
    internal async Task KillAsync()
    {
        await _kill!();
        lock (_gate)
        {
            _kill = null;
            _isDying = false;
            _crashed.SetResult();
        }
    }

    private void Restart(int step, CrashMoment moment, Func<Task>? kill)
    {
        lock (_gate)
        {
            _steps.Clear();
            _step = step;
            _moment = moment;
            _kill = kill;
            _crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
