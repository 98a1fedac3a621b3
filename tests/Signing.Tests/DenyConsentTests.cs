using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class DenyConsentTests(SigningWorld world)
{
    [Fact]
    public async Task Ends_it_once_and_announces_it_once()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        string id = ConsentStory.IdOf(await story.AskAsync());

        ApiAnswer first = await SigningWorld.DeleteAsync(story.Person, $"/v1/consents/{id}");
        ApiAnswer again = await SigningWorld.DeleteAsync(story.Person, $"/v1/consents/{id}");

        Assert.Equal((200, "denied"), (first.Status, first.Text("status")));
        Assert.Equal((200, "denied"), (again.Status, again.Text("status")));
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM outbox WHERE subject = 'consent/{id}'"));
    }

    [Fact]
    public async Task Comes_too_late_once_they_consented()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        (string id, Guid transaction) = await story.ConsentAsync();
        await story.ReportAsync(id, transaction);

        ApiAnswer answer = await SigningWorld.DeleteAsync(story.Person, $"/v1/consents/{id}");

        Assert.Equal((409, "conflict"), (answer.Status, answer.Code));
    }
}
