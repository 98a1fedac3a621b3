namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class ConfirmOnScheduleTests(SigningWorld world)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sends_and_confirms_without_any_announcement_or_hint()
    {
        Queued mint = await world.QueueMintAsync();

        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }

    [Fact]
    public async Task Takes_up_what_a_killed_run_left_once_its_lease_is_over()
    {
        Queued mint = await world.QueueMintAsync();
        string signer = mint.Json.GetProperty("signerId").GetString()!;
        await world.SqlAsync($"""
            INSERT INTO leases (room, name, holder, fence, held_until)
            VALUES ('signing', 'signer/{signer}', gen_random_uuid(), 1, now() + interval '1 hour')
            ON CONFLICT (room, name) DO UPDATE SET fence = leases.fence + 1, held_until = now() + interval '1 hour'
            """);

        await world.TickAsync();
        string held = await world.StatusAsync(mint.Id);
        await world.SqlAsync($"UPDATE leases SET held_until = now() WHERE name = 'signer/{signer}'");
        await world.TickAsync();

        Assert.Equal(("queued", "broadcast"), (held, await world.StatusAsync(mint.Id)));
    }

    [Fact]
    public async Task Does_nothing_twice_when_a_tick_is_doubled()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();

        int[] statuses = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.TickAsync()));
        await world.Node.MineAsync(1, Cancelled);

        Assert.All(statuses, status => Assert.Equal(204, status));
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(before + 1, await world.CountAsync());
    }
}
