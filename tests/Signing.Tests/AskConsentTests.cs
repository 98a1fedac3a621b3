using Souk.Harness;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class AskConsentTests(SigningWorld world)
{
    [Fact]
    public async Task Has_the_person_asked_for_that_very_call()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);

        ApiAnswer answer = await story.AskAsync();

        Assert.Equal(202, answer.Status);
        MetaKeepConsent asked = story.MetaKeep.AskedOf(answer.Text("consentToken"));
        Assert.Equal(
            (story.Email, world.Chain.Contracts.Collection, "approve", "0.3", "Let the market move your token."),
            (asked.Email, asked.Contract, asked.Function, asked.Pay, asked.Description));
        Assert.Equal($"""["{world.Wallet}","7"]""", asked.Arguments);
        Assert.Equal("asked", await story.StatusAsync(ConsentStory.IdOf(answer)));
    }

    [Fact]
    public async Task Answers_a_repeat_with_the_same_token()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        string key = Guid.NewGuid().ToString();
        ApiAnswer first = await story.AskAsync(key);

        ApiAnswer again = await story.AskAsync(key);

        Assert.Equal(first.Text("consentToken"), again.Text("consentToken"));
        Assert.Equal(ConsentStory.IdOf(first), ConsentStory.IdOf(again));
    }

    [Fact]
    public async Task Keeps_neither_e_mail_nor_token()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);

        ApiAnswer answer = await story.AskAsync();

        string kept = await world.ReadAsync<string>(
            "SELECT string_agg(it::text, ' ') FROM (SELECT c::text AS it FROM consents c UNION ALL "
            + "SELECT k::text FROM idempotency_keys k UNION ALL SELECT o::text FROM outbox o) everything");
        Assert.DoesNotContain(answer.Text("consentToken"), kept, StringComparison.Ordinal);
        Assert.DoesNotContain(story.Email, kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0xa9059cbb")]
    [InlineData("0x")]
    [InlineData("0x095ea7b3ffff")]
    public async Task Refuses_what_no_setting_names(string data)
    {
        ConsentStory story = await ConsentStory.StartAsync(world);

        ApiAnswer answer = await story.AskAsync(data: data);

        Assert.Equal(
            data == "0x" ? (400, "invalid_request") : (403, "policy_denied"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Refuses_a_wallet_of_another_person()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        ConsentStory other = await ConsentStory.StartAsync(world);

        ApiAnswer answer = await world.PostAsync(other.Person, "/v1/consents", story.Request());

        Assert.Equal("wallet_not_linked", answer.Code);
    }

    [Fact]
    public async Task Asks_nobody_whose_wallet_is_another_at_MetaKeep()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        ConsentStory other = await ConsentStory.StartAsync(world);
        string octets = story.Key.Address.ToString()[2..];
        string others = other.Key.Address.ToString()[2..];
        await world.SqlAsync($"""
            UPDATE embedded_wallets SET email_ciphertext = (SELECT email_ciphertext FROM embedded_wallets
                WHERE address = decode('{others}', 'hex')) WHERE address = decode('{octets}', 'hex')
            """);

        ApiAnswer answer = await story.AskAsync();

        // The ciphertext is bound to its own wallet: Vault does not even decrypt it for this one.
        Assert.Equal((503, "upstream_unavailable"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Is_safe_to_repeat_after_a_lost_answer()
    {
        ConsentStory story = await ConsentStory.StartAsync(world);
        string key = Guid.NewGuid().ToString();
        story.MetaKeep.Next(StandInFault.TimeOutAfterEffect, "lambda/invoke");
        Assert.Equal("upstream_unavailable", (await story.AskAsync(key)).Code);

        ApiAnswer again = await story.AskAsync(key);

        Assert.Equal(202, again.Status);
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM consents WHERE user_id = '{story.Person.UserId}'"));
    }
}
