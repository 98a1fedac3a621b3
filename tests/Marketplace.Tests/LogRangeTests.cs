using Souk.Platform.Alchemy;

namespace Souk.Marketplace.Tests;

public sealed class LogRangeTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch.AddYears(56);

    [Fact]
    public void Doubles_until_it_is_refused_and_then_finds_the_limit_by_small_steps()
    {
        LogRange range = Fresh();
        range.Grow(asked: 500);
        Assert.Equal(1000, range.Blocks);

        Assert.True(range.TryShrink(1000, Refused(LogRangeRefusal.TooManyBlocks), s_now));
        Assert.Equal(500, range.Blocks);
        range.Grow(asked: 500);
        Assert.Equal(550, range.Blocks);
    }

    [Fact]
    public void Does_not_grow_by_reads_that_asked_for_less()
    {
        LogRange range = Fresh();

        range.Grow(asked: 3);

        Assert.Equal(500, range.Blocks);
    }

    [Fact]
    public void Gives_up_at_one_block()
    {
        LogRange range = Fresh();
        while (range.TryShrink(range.Blocks, Refused(LogRangeRefusal.TooManyLogs), s_now)) continue;

        Assert.Equal(1, range.Blocks);
        range.Grow(asked: 1);
        Assert.Equal(2, range.Blocks);
    }

    [Fact]
    public void Takes_a_node_at_its_word_for_a_day()
    {
        LogRange range = Fresh();
        Assert.True(range.TryShrink(500, Refused(LogRangeRefusal.TooManyBlocks, 10), s_now));
        Assert.Equal(10, range.Blocks);
        range.Grow(asked: 10);
        Assert.Equal(10, range.Blocks);

        LogRange soon = new(10_000, range.Learned, s_now.AddHours(23));
        soon.Grow(asked: 10);
        Assert.Equal(10, soon.Blocks);
        LogRange later = new(10_000, range.Learned, s_now.AddHours(25));
        later.Grow(asked: 10);
        Assert.Equal(11, later.Blocks);
    }

    [Fact]
    public void Grows_again_after_blocks_that_held_too_many_logs()
    {
        LogRange range = Fresh();

        Assert.True(range.TryShrink(500, Refused(LogRangeRefusal.TooManyLogs, 16), s_now));
        Assert.Equal(16, range.Blocks);
        range.Grow(asked: 16);
        Assert.Equal(17, range.Blocks);
    }

    [Fact]
    public void Doubles_again_after_a_node_was_slow_once()
    {
        LogRange range = Fresh();

        Assert.True(range.TryShrink(500, Refused(LogRangeRefusal.TooSlow), s_now));
        Assert.Equal(250, range.Blocks);
        range.Grow(asked: 250);
        Assert.Equal(500, range.Blocks);
    }

    [Fact]
    public void Never_asks_for_more_than_the_chain_s_setting()
    {
        LogRange range = new(600, null, s_now);
        range.Grow(asked: 500);
        Assert.Equal(600, range.Blocks);

        Assert.Equal(50, new LogRange(50, range.Learned, s_now).Blocks);
    }

    [Fact]
    public void Goes_on_with_what_another_instance_learned()
    {
        LogRange range = Fresh();
        Assert.True(range.TryShrink(500, Refused(LogRangeRefusal.TooManyBlocks), s_now));

        LogRange next = new(10_000, range.Learned, s_now);

        Assert.Equal(250, next.Blocks);
        next.Grow(asked: 250);
        Assert.Equal(275, next.Blocks);
    }

    private static LogRange Fresh() => new(10_000, null, s_now);

    private static LogRangeRefusedException Refused(LogRangeRefusal why, long? blocks = null) => new(why, blocks);
}
