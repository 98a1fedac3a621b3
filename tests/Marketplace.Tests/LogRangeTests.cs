namespace Souk.Marketplace.Tests;

public sealed class LogRangeTests
{
    [Fact]
    public void Doubles_until_it_is_refused_and_then_finds_the_limit_by_small_steps()
    {
        LogRange range = new();
        range.Grow();
        Assert.Equal(1000, range.Blocks);

        Assert.True(range.TryShrink());
        Assert.Equal(500, range.Blocks);
        range.Grow();
        Assert.Equal(550, range.Blocks);
    }

    [Fact]
    public void Gives_up_at_one_block()
    {
        LogRange range = new();
        while (range.TryShrink()) continue;

        Assert.Equal(1, range.Blocks);
        range.Grow();
        Assert.Equal(2, range.Blocks);
    }
}
