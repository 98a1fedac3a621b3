using System.Text;
using Souk.Auth.Tests.World;
using Souk.Local.StandIns;

namespace Souk.Auth.Tests;

public sealed class ProvisionWalletTests(AuthRoom room) : IClassFixture<AuthRoom>
{
    [Fact]
    public async Task Gives_the_wallet_that_goes_by_the_verified_e_mail()
    {
        Visitor visitor = await room.SignInAsync();

        Answer answer = await AskAsync(visitor);

        Assert.Equal(201, answer.Status);
        Assert.Equal("embedded", answer.Text("kind"));
        Assert.Equal(room.People.WalletOf(EmailOf(visitor)).Address.ToString(), answer.Text("address"));
        Answer wallets = await room.GetAsync("/v1/wallets", visitor.AccessToken);
        Assert.Equal("embedded", (string?)wallets.Body!["wallets"]![0]!["kind"]);
    }

    [Fact]
    public async Task Keeps_the_e_mail_only_as_Vault_encrypted_it_for_that_wallet()
    {
        Visitor visitor = await room.SignInAsync();
        await AskAsync(visitor);

        string kept = (string)(await room.ExecuteAsync($"""
            SELECT email_ciphertext FROM embedded_wallets JOIN wallets USING (address)
            WHERE user_id = '{visitor.UserId}'
            """))!;

        Assert.StartsWith("vault:v1:", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("mail.example", kept, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "mail.example", Encoding.UTF8.GetString(Convert.FromBase64String(kept[9..])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_again_it_stays_one_wallet_and_is_announced_once()
    {
        Visitor visitor = await room.SignInAsync();
        Answer first = await AskAsync(visitor);

        Answer again = await AskAsync(visitor);

        Assert.Equal((201, first.Text("address")), (again.Status, again.Text("address")));
        Assert.Equal(1L, await room.ExecuteAsync(
            $"SELECT count(*) FROM outbox WHERE subject = 'wallet/{first.Text("address")}'"));
    }

    [Fact]
    public async Task Refuses_a_token_of_another_person()
    {
        Visitor visitor = await room.SignInAsync();
        string others = room.Firebase.MintIdToken("somebody-else", "else@mail.example");

        Answer answer = await PostAsync(visitor, others);

        Assert.Equal((401, "sign_in_refused"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Refuses_an_e_mail_that_nobody_verified()
    {
        Visitor visitor = await room.SignInAsync();
        room.Firebase.UnverifyEmail(visitor.Uid);

        Answer answer = await AskAsync(visitor);

        Assert.Equal((403, "forbidden"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Loses_nothing_while_MetaKeep_is_away()
    {
        Visitor visitor = await room.SignInAsync();
        room.MetaKeep.Next(StandInFault.TimeOutBeforeEffect);

        Answer answer = await AskAsync(visitor);

        Assert.Equal((503, "upstream_unavailable"), (answer.Status, answer.Code));
        Assert.Equal(201, (await AskAsync(visitor)).Status);
    }

    [Fact]
    public async Task Taken_off_the_account_its_e_mail_is_gone_too()
    {
        Visitor visitor = await room.SignInAsync();
        string address = (await AskAsync(visitor)).Text("address");

        Answer answer = await room.DeleteAsync($"/v1/wallets/{address}", visitor.AccessToken);

        Assert.Equal(204, answer.Status);
        string octets = address[2..];
        Assert.Equal(0L, await room.ExecuteAsync(
            $"SELECT count(*) FROM embedded_wallets WHERE address = decode('{octets}', 'hex')"));
    }

    private static string EmailOf(Visitor visitor) => $"{visitor.Uid}@mail.example";

    private Task<Answer> AskAsync(Visitor visitor) =>
        PostAsync(visitor, room.Firebase.MintIdToken(visitor.Uid, EmailOf(visitor)));

    private Task<Answer> PostAsync(Visitor visitor, string idToken) => room.PostAsync(
        "/v1/wallets/embedded", $$"""{"idToken":"{{idToken}}"}""", visitor.AccessToken, Guid.NewGuid().ToString());
}
