using Microsoft.Extensions.Time.Testing;
using Souk.Domain.Failures;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Vault;

public sealed class LeasedValueTests
{
    private static readonly FailureException Away = new(FailureCode.UpstreamUnavailable, "away");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 9, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shares_one_failure_among_all_who_waited_for_the_same_read()
    {
        int reads = 0;
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using LeasedValue<string> leased = new(
            async (_, _) =>
            {
                reads++;
                await gate.Task;
                throw Away;
            },
            _clock);

        Task<string>[] waiters = [.. Enumerable.Range(0, 10).Select(_ => leased.GetAsync(null, Token).AsTask())];
        gate.SetResult();

        foreach (Task<string> waiter in waiters)
            await Assert.ThrowsAsync<FailureException>(() => waiter);
        Assert.Equal(1, reads);
    }

    [Fact]
    public async Task Reads_again_after_a_failure_for_one_who_comes_later()
    {
        int reads = 0;
        using LeasedValue<string> leased = new((_, _) => reads++ == 0 ? throw Away : LeaseOf("value"), _clock);
        await Assert.ThrowsAsync<FailureException>(() => leased.GetAsync(null, Token).AsTask());

        Assert.Equal("value", await leased.GetAsync(null, Token));
    }

    [Fact]
    public async Task Does_not_wait_for_a_renewal_that_another_is_at()
    {
        int reads = 0;
        TaskCompletionSource<SecretLease<string>> renewal = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using LeasedValue<string> leased = new((_, _) => reads++ == 0 ? LeaseOf("old") : renewal.Task, _clock);
        await leased.GetAsync(null, Token);
        _clock.Advance(TimeSpan.FromMinutes(2.5));
        Task<string> renewing = leased.GetAsync(null, Token).AsTask();

        Assert.Equal("old", await leased.GetAsync(null, Token));

        renewal.SetResult(await LeaseOf("new"));
        Assert.Equal("new", await renewing);
    }

    [Fact]
    public async Task Replaces_a_value_that_was_refused_once_for_all_who_had_it()
    {
        int reads = 0;
        using LeasedValue<string> leased = new((_, _) => LeaseOf($"value {++reads}"), _clock);
        string first = await leased.GetAsync(null, Token);

        string[] others = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => leased.GetAsync(first, Token).AsTask()));

        Assert.All(others, other => Assert.Equal("value 2", other));
        Assert.Equal(2, reads);
    }

    [Fact]
    public async Task Never_answers_a_lapsed_value()
    {
        int reads = 0;
        using LeasedValue<string> leased = new((_, _) => reads++ == 0 ? LeaseOf("value") : throw Away, _clock);
        await leased.GetAsync(null, Token);
        _clock.Advance(TimeSpan.FromMinutes(3));

        await Assert.ThrowsAsync<FailureException>(() => leased.GetAsync(null, Token).AsTask());
    }

    private Task<SecretLease<string>> LeaseOf(string value) =>
        Task.FromResult(SecretLease.Begin(value, _clock.GetUtcNow(), TimeSpan.FromMinutes(3)));
}
