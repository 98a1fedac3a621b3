using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class GetConsentTests(SigningWorld world)
{
    [Fact]
    public async Task Shows_its_owner_what_was_asked()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        string id = ConsentStory.IdOf(await story.AskAsync());

        ApiAnswer answer = await world.GetAsync(story.Person, $"/v1/consents/{id}");

        Assert.Equal(200, answer.Status);
        Assert.Equal(("asked", "300000000000000000"), (answer.Text("status"), answer.Text("valueWei")));
    }

    [Fact]
    public async Task Shows_nobody_else_that_it_is_there()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        string id = ConsentStory.IdOf(await story.AskAsync());
        ConsentStory other = await ConsentStory.StartAsync(world);

        Assert.Equal(404, (await world.GetAsync(other.Person, $"/v1/consents/{id}")).Status);
    }
}
