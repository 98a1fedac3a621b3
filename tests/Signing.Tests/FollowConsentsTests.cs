using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class FollowConsentsTests(SigningWorld world)
{
    [Fact]
    public async Task Believes_that_it_is_done_once_the_chain_shows_it()
    {
        (ConsentStory story, string id, Guid transaction) = await SubmitAsync();
        TransactionHash unmined = new(Keccak256.Hash("nobody's"u8));
        story.MetaKeep.Move(transaction, "COMPLETED", unmined);
        await world.TickAsync();
        Assert.Equal("submitted", await story.StatusAsync(id));

        story.MetaKeep.Move(transaction, "COMPLETED", await MineAsync());
        await world.TickAsync();

        Assert.Equal("completed", await story.StatusAsync(id));
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM outbox WHERE subject = 'consent/{id}' AND type = 'souk.consent.ended.v1'"));
    }

    [Theory]
    [InlineData("FAILED", "execution_reverted")]
    [InlineData("CANCELLED", "cancelled")]
    public async Task Says_why_it_came_to_nothing(string status, string reason)
    {
        (ConsentStory story, string id, Guid transaction) = await SubmitAsync();
        story.MetaKeep.Move(transaction, status, null);

        await world.TickAsync();

        ApiAnswer told = await world.GetAsync(story.Person, $"/v1/consents/{id}");
        Assert.Equal(("failed", reason), (told.Text("status"), told.Text("reason")));
    }

    [Fact]
    public async Task Waits_for_what_MetaKeep_still_sends()
    {
        (ConsentStory story, string id, _) = await SubmitAsync();

        await world.TickAsync();

        Assert.Equal("submitted", await story.StatusAsync(id));
    }

    [Fact]
    public async Task Ends_what_nobody_answered_and_what_MetaKeep_never_knew()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        string lapsed = ConsentStory.IdOf(await story.AskAsync());
        string unknown = ConsentStory.IdOf(await story.AskAsync());
        await story.ReportAsync(unknown, Guid.NewGuid());
        await world.TickAsync();
        Assert.Equal("submitted", await story.StatusAsync(unknown));
        await world.SqlAsync("""
            UPDATE consents SET asked_at = asked_at - interval '2 hours', expires_at = expires_at - interval '2 hours'
            """);

        await world.TickAsync();

        Assert.Equal(("lapsed", "failed"), (await story.StatusAsync(lapsed), await story.StatusAsync(unknown)));
        ApiAnswer late = await story.ReportAsync(lapsed, Guid.NewGuid());
        Assert.Equal((409, "conflict"), (late.Status, late.Code));
    }

    private async Task<(ConsentStory Story, string Id, Guid Transaction)> SubmitAsync()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        (string id, Guid transaction) = await story.ConsentAsync();
        await story.ReportAsync(id, transaction);
        return (story, id, transaction);
    }

    /// <summary>Any transaction with an effect will do: what the wallet does is MetaKeep's part.</summary>
    private async Task<TransactionHash> MineAsync()
    {
        System.Text.Json.JsonElement hash = await world.Node.Rpc.SendAsync(
            "eth_sendTransaction",
            [
                new System.Text.Json.Nodes.JsonObject
                {
                    ["from"] = world.Node.Accounts[0].ToString(),
                    ["to"] = world.Node.Accounts[1].ToString(),
                    ["value"] = "0x1",
                },
            ],
            TestContext.Current.CancellationToken);
        await world.Node.MineAsync(1, TestContext.Current.CancellationToken);
        return TransactionHash.Parse(hash.GetString()!, null);
    }
}
