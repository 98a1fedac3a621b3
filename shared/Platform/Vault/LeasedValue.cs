using Souk.Domain.Failures;

namespace Souk.Platform.Vault;

/// <summary>One secret kept under its lease: read at first use, renewed by the use that finds it due.</summary>
/// <typeparam name="T">The secret's type.</typeparam>
/// <remarks>
/// Nothing runs in the background. One caller reads, however many wait; the waiters share its value, or its failure.
/// A caller that gives up takes only its own attempt with it. A renewal that fails leaves the old value in use until
/// its lease ends, and is tried again after <see cref="RenewalPause"/>, so that an outage does not slow every request.
/// </remarks>
internal sealed class LeasedValue<T>(
    Func<SecretLease<T>?, CancellationToken, Task<SecretLease<T>>> read, TimeProvider clock) : IDisposable
    where T : class
{
    /// <summary>How long after a failed renewal the next one waits.</summary>
    internal static readonly TimeSpan RenewalPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile SecretLease<T>? _lease;
    private volatile Failure? _failure;
    private int _failures;

    /// <summary>The value in hand, whatever its lease says; null before the first read.</summary>
    public T? Current => _lease?.Value;

    public void Dispose() => _gate.Dispose();

    /// <summary>The value, read or renewed when it is due, lapsed, or the very one that was refused.</summary>
    /// <param name="refused">A value that its vendor no longer takes; null when none was.</param>
    /// <param name="cancellationToken">Ends this caller's wait and attempt, nobody else's.</param>
    /// <exception cref="FailureException">It could not be read and no unlapsed one is in hand.</exception>
    public async ValueTask<T> GetAsync(T? refused, CancellationToken cancellationToken)
    {
        int failuresSeen = Volatile.Read(ref _failures);
        SecretLease<T>? usable = Usable(refused);
        if (usable is not null && clock.GetUtcNow() < usable.RenewAt)
            return usable.Value;

        if (usable is null)
            await _gate.WaitAsync(cancellationToken);
        else if (!await _gate.WaitAsync(TimeSpan.Zero, cancellationToken))
            return usable.Value;

        try
        {
            return await ReadAsync(refused, failuresSeen, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<T> ReadAsync(T? refused, int failuresSeen, CancellationToken cancellationToken)
    {
        SecretLease<T>? usable = Usable(refused);
        DateTimeOffset now = clock.GetUtcNow();
        if (usable is not null && now < usable.RenewAt)
            return usable.Value;

        if (usable is null && _failure is { } shared && _failures != failuresSeen)
            throw new FailureException(shared);

        try
        {
            _lease = await read(usable, cancellationToken);
            _failure = null;
            return _lease.Value;
        }
        catch (FailureException) when (usable is not null)
        {
            _lease = usable with { RenewAt = now + RenewalPause };
            return usable.Value;
        }
        catch (FailureException exception)
        {
            _failure = exception.Failure;
            Volatile.Write(ref _failures, unchecked(_failures + 1));
            throw;
        }
    }

    private SecretLease<T>? Usable(T? refused) =>
        _lease is { } lease && clock.GetUtcNow() < lease.EndsAt && !ReferenceEquals(lease.Value, refused)
            ? lease
            : null;
}
