using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local.Tests;

public sealed class LocalCommandTests
{
    [Fact]
    public void Runs_both_chains_and_one_process_when_nothing_is_said()
    {
        LocalCommand command = LocalCommand.Parse([]);

        Assert.Equal("run", command.Name);
        Assert.Equal(LocalChain.All, command.Chains);
        Assert.Equal(FleetMode.Together, command.Fleet.Mode);
        Assert.Equal(TimeSpan.FromSeconds(1), command.BlockTime);
    }

    [Fact]
    public void Reads_every_option()
    {
        LocalCommand command = LocalCommand.Parse(
            ["run", "--chains", "polygon", "--block-time", "0", "--aot", "/published", "--verbose"]);

        Assert.Equal([LocalChain.Polygon], command.Chains);
        Assert.Null(command.BlockTime);
        Assert.Equal((FleetMode.Ahead, "/published"), (command.Fleet.Mode, command.Fleet.AheadFolder));
        Assert.NotNull(command.Fleet.OnLine);
        Assert.Equal(FleetMode.Separate, LocalCommand.Parse(["--separate"]).Fleet.Mode);
    }

    [Theory]
    [InlineData("fly")]
    [InlineData("--fast")]
    [InlineData("--chains")]
    [InlineData("--chains", "solana")]
    [InlineData("--block-time", "soon")]
    [InlineData("--block-time", "61")]
    public void Refuses_what_it_does_not_know(params string[] arguments)
    {
        Assert.Throws<FormatException>(() => LocalCommand.Parse(arguments));
    }
}
