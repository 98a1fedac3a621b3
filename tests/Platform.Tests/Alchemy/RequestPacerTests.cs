using Microsoft.Extensions.Time.Testing;
using Souk.Platform.Alchemy;
using Souk.Platform.Randomness;

namespace Souk.Platform.Tests.Alchemy;

public sealed class RequestPacerTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Halves_what_runs_at_once_with_each_refusal_and_regains_it_one_by_one()
    {
        RequestPacer pacer = Pacer(8);
        pacer.Refused(null);
        Assert.Equal(4, pacer.Concurrency);
        for (int i = 0; i < 5; i++) pacer.Refused(null);
        Assert.Equal(1, pacer.Concurrency);

        pacer.Succeeded();
        Assert.Equal(2, pacer.Concurrency);
        pacer.Succeeded();
        Assert.Equal(2, pacer.Concurrency);
        for (int i = 0; i < 100; i++) pacer.Succeeded();
        Assert.Equal(8, pacer.Concurrency);
    }

    [Fact]
    public void Waits_twice_as_long_after_each_refusal_in_a_row_and_never_less_than_asked()
    {
        RequestPacer pacer = Pacer(8);
        pacer.Refused(null);
        Assert.InRange(pacer.Pause, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));

        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(TimeSpan.Zero, pacer.Pause);
        pacer.Refused(null);
        Assert.InRange(pacer.Pause, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400));
        pacer.Refused(TimeSpan.FromSeconds(30));
        Assert.InRange(pacer.Pause, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(31));

        pacer.Refused(null);
        Assert.True(pacer.Pause >= TimeSpan.FromSeconds(30), "A shorter wait must not cut a longer one.");
    }

    [Fact]
    public async Task Lets_no_more_run_at_once_than_it_may()
    {
        RequestPacer pacer = Pacer(2);
        await pacer.EnterAsync(Cancelled);
        await pacer.EnterAsync(Cancelled);
        Task third = pacer.EnterAsync(Cancelled);
        using CancellationTokenSource impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        Task fourth = pacer.EnterAsync(impatient.Token);
        Assert.False(third.IsCompleted);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fourth);
        pacer.Leave();
        await third;
        pacer.Leave();
        pacer.Leave();
        await pacer.EnterAsync(Cancelled);
    }

    private RequestPacer Pacer(int concurrency) =>
        new(concurrency, TimeSpan.FromMilliseconds(100), _clock, EntropySource.System);
}
