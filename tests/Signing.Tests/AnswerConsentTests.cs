using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class AnswerConsentTests(SigningWorld world)
{
    [Fact]
    public async Task Says_where_to_look_and_a_repeat_changes_nothing()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        (string id, Guid transaction) = await story.ConsentAsync();

        ApiAnswer first = await story.ReportAsync(id, transaction);
        ApiAnswer again = await story.ReportAsync(id, transaction);

        Assert.Equal((200, "submitted"), (first.Status, first.Text("status")));
        Assert.Equal((200, "submitted"), (again.Status, again.Text("status")));
    }

    [Fact]
    public async Task Takes_one_transaction_for_one_consent()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        (string one, Guid transaction) = await story.ConsentAsync();
        (string other, _) = await story.ConsentAsync();
        await story.ReportAsync(one, transaction);

        ApiAnswer another = await story.ReportAsync(other, transaction);
        ApiAnswer changed = await story.ReportAsync(one, Guid.NewGuid());

        Assert.Equal((409, "conflict"), (another.Status, another.Code));
        Assert.Equal((409, "conflict"), (changed.Status, changed.Code));
        Assert.Equal("asked", await story.StatusAsync(other));
    }

    [Fact]
    public async Task Cannot_tell_another_persons_from_nobodys()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        (string id, Guid transaction) = await story.ConsentAsync();
        ConsentStory other = await ConsentStory.StartAsync(world);

        ApiAnswer answer = await other.ReportAsync(id, transaction);

        Assert.Equal((404, "not_found"), (answer.Status, answer.Code));
    }
}
