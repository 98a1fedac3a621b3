using System.Globalization;
using System.Text;
using Souk.Domain.Chain;
using Souk.Local.Broker;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class WatchWalletTests(MarketFixture fixture) : MarketTest(fixture)
{
    private static int s_wallets;

    private readonly Address _wallet = Address.Parse($"0x{Interlocked.Increment(ref s_wallets):x40}");

    // Linked by the first event, unlinked by the second, and so on; each order as the events arrive.
    [Theory]
    [InlineData("1", true)]
    [InlineData("1 2", false)]
    [InlineData("2 1", false)]
    [InlineData("1 2 3", true)]
    [InlineData("1 3 2", true)]
    [InlineData("2 1 3", true)]
    [InlineData("2 3 1", true)]
    [InlineData("3 1 2", true)]
    [InlineData("3 2 1", true)]
    [InlineData("1 1 2 2 3 3", true)]
    [InlineData("3 1 3 2 1 3", true)]
    [InlineData("1 2 1", false)]
    public async Task Ends_as_the_last_change_says_in_whatever_order_they_come(string order, bool isWatched)
    {
        foreach (string number in order.Split(' '))
            Assert.Equal(204, await ChangeAsync(long.Parse(number, CultureInfo.InvariantCulture)));

        Assert.Equal(isWatched, await Market.App.Database.FindAsync<bool>(
            "SELECT is_watched FROM watched_wallets WHERE address = $1", Cancelled, _wallet.ToArray()));
    }

    [Fact]
    public async Task Changes_at_once_end_as_the_last_one_says()
    {
        int[] answers = await Task.WhenAll(Enumerable.Range(1, 6).Reverse().Select(number => ChangeAsync(number)));

        Assert.All(answers, it => Assert.Equal(204, it));
        Assert.False(await Market.App.Database.FindAsync<bool>(
            "SELECT is_watched FROM watched_wallets WHERE address = $1", Cancelled, _wallet.ToArray()));
    }

    [Theory]
    [InlineData("""{"address":"0x12","isLinked":true}""")]
    [InlineData("""{"isLinked":true}""")]
    [InlineData("""{"address":"0x0000000000000000000000000000000000000001"}""")]
    public async Task What_is_no_change_is_poison(string data) =>
        Assert.Equal(422, await Market.App.TakeEventAsync(Message(1, data), Cancelled));

    [Fact]
    public async Task One_without_a_place_in_the_order_is_poison() =>
        Assert.Equal(422, await Market.App.TakeEventAsync("souk.wallet.changed.v1", "/auth", DataOf(1), Cancelled));

    private Task<int> ChangeAsync(long number) =>
        Market.App.TakeEventAsync(Message(number, DataOf(number)), Cancelled);

    private string DataOf(long number) =>
        $$"""{"address":"{{_wallet}}","isLinked":{{(number % 2 == 1 ? "true" : "false")}}}""";

    private CloudEventMessage Message(long number, string data) => new(
        new Dictionary<string, string>
        {
            ["specversion"] = "1.0",
            ["id"] = $"{_wallet}-{number}",
            ["type"] = "souk.wallet.changed.v1",
            ["source"] = "/auth",
            ["subject"] = $"wallet/{_wallet}",
            ["sequence"] = number.ToString("D20", CultureInfo.InvariantCulture),
        },
        "application/json",
        Encoding.UTF8.GetBytes(data),
        null);
}
