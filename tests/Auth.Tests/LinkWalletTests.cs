using Souk.Auth.Tests.World;
using Souk.Domain.Chain;
using Souk.Local.Servers;

namespace Souk.Auth.Tests;

public sealed class LinkWalletTests(AuthWorld world, AuthRoom room) : IClassFixture<AuthRoom>
{
    [Fact]
    public async Task Links_a_wallet_that_signed_its_challenge()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();

        Answer answer = await room.LinkAsync(visitor, wallet);

        Assert.Equal(201, answer.Status);
        Assert.Equal((wallet.Address.ToString(), "key"), (answer.Text("address"), answer.Text("kind")));
        Answer list = await room.GetAsync("/v1/wallets", visitor.AccessToken);
        Assert.Equal($"[{answer.Body!.ToJsonString()}]", list.Body!["wallets"]!.ToJsonString());
        object? owner = await room.ExecuteAsync(
            $"SELECT user_id FROM linked_wallets WHERE address = '\\{wallet.Address.ToString()[1..]}'");
        Assert.Equal(visitor.UserId, owner?.ToString());
    }

    [Fact]
    public async Task Announces_a_link_once_and_says_not_whose()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();

        await room.LinkAsync(visitor, wallet);
        await room.LinkAsync(visitor, wallet);
        await room.LinkAsync(await room.SignInAsync(), wallet);

        Assert.Equal(
            [$$"""{"address": "{{wallet.Address}}", "isLinked": true}"""], await room.AnnouncedAsync(wallet.Address));
    }

    [Fact]
    public async Task Takes_a_compact_signature_too()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        Answer asked = await room.AskAsync(visitor, wallet.Address);
        string message = asked.Text("message");
        string compact = Hex.Encode(wallet.Sign(Eip191.HashPersonalMessage(message)).ToCompactArray());

        Assert.Equal(201, (await room.LinkAsync(visitor, asked, message, compact)).Status);
    }

    [Fact]
    public async Task Links_a_contract_wallet_on_its_chain_and_no_other()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey owner = WalletKeys.Next();
        byte[] code = ContractArtifacts.ReadOwn("DemoContractWallet");
        byte[] creation = [.. code, .. new byte[12], .. owner.Address.ToArray()];
        Address wallet = await ChainDeployment.DeployOneAsync(
            world.Node, creation, TestContext.Current.CancellationToken);
        Answer asked = await room.AskAsync(visitor, wallet);

        Answer answer = await room.LinkAsync(
            visitor, asked, asked.Text("message"), owner.SignText(asked.Text("message")));

        Assert.Equal((201, "contract"), (answer.Status, answer.Text("kind")));
        Assert.Equal(room.Chain.ToString(), answer.Body!["chainId"]!.ToString());
    }

    [Fact]
    public async Task Says_of_a_wallet_that_is_not_deployed_yet_that_it_must_be()
    {
        Visitor visitor = await room.SignInAsync();
        Answer asked = await room.AskAsync(visitor, WalletKeys.Next().Address);
        string wrapped = "0x00" + string.Concat(Enumerable.Repeat("6492", 16));

        Answer answer = await room.LinkAsync(visitor, asked, asked.Text("message"), wrapped);

        Assert.Equal((422, "signature_invalid"), (answer.Status, answer.Code));
        Assert.Contains("deploy it", answer.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_a_repeat_with_the_same_link()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        Answer asked = await room.AskAsync(visitor, wallet.Address);
        string message = asked.Text("message");
        string signature = wallet.SignText(message);
        Answer first = await room.LinkAsync(visitor, asked, message, signature, "key");

        Answer repeat = await room.LinkAsync(visitor, asked, message, signature, "key");
        Answer other = await room.LinkAsync(visitor, asked, message + "x", signature, "key");

        Assert.Equal((201, first.Body!.ToJsonString()), (repeat.Status, repeat.Body!.ToJsonString()));
        Assert.NotEqual(201, other.Status);
    }

    [Fact]
    public async Task Takes_an_answer_to_a_challenge_once()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        Answer asked = await room.AskAsync(visitor, wallet.Address);
        string message = asked.Text("message");
        await room.LinkAsync(visitor, asked, message, wallet.SignText(message));

        Answer again = await room.LinkAsync(visitor, asked, message, wallet.SignText(message));

        Assert.Equal((409, "challenge_invalid"), (again.Status, again.Code));
    }

    [Fact]
    public async Task Keeps_a_wallet_linked_that_is_the_persons_already()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        Answer first = await room.LinkAsync(visitor, wallet);

        Answer second = await room.LinkAsync(visitor, wallet);

        Assert.Equal(first.Body!.ToJsonString(), second.Body!.ToJsonString());
    }

    [Fact]
    public async Task Refuses_another_session_even_of_the_same_person()
    {
        Visitor asking = await room.SignInAsync("careful");
        Visitor answering = await room.SignInAsync("careful");
        PrivateKey wallet = WalletKeys.Next();
        Answer asked = await room.AskAsync(asking, wallet.Address);
        string message = asked.Text("message");

        Answer answer = await room.LinkAsync(answering, asked, message, wallet.SignText(message));

        Assert.Equal((409, "challenge_invalid"), (answer.Status, answer.Code));
        Assert.Equal(201, (await room.LinkAsync(asking, asked, message, wallet.SignText(message))).Status);
    }

    [Fact]
    public async Task Refuses_an_answer_that_comes_too_late()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor early = await own.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        Answer asked = await own.AskAsync(early, wallet.Address);
        own.Clock.Advance(TimeSpan.FromMinutes(9));
        Answer refreshed = await own.RefreshAsync(early.RefreshToken);
        Visitor late = early with { AccessToken = refreshed.Text("accessToken") };
        own.Clock.Advance(TimeSpan.FromMinutes(1));
        string message = asked.Text("message");

        Answer answer = await own.LinkAsync(late, asked, message, wallet.SignText(message));

        Assert.Equal((409, "challenge_invalid"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("market.example wants", "evil.example wants")]
    [InlineData("URI: https://market.example", "URI: https://evil.example")]
    [InlineData("Chain ID: 31337", "Chain ID: 1")]
    [InlineData("Nonce: ", "Nonce: x")]
    [InlineData("moves nothing", "moves everything")]
    [InlineData("Expiration Time: 2", "Expiration Time: 3")]
    public async Task Refuses_another_text_though_the_wallet_signed_it(string ours, string theirs)
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        Answer asked = await room.AskAsync(visitor, wallet.Address);
        string message = asked.Text("message").Replace(ours, theirs, StringComparison.Ordinal);

        Answer answer = await room.LinkAsync(visitor, asked, message, wallet.SignText(message));

        Assert.NotEqual(asked.Text("message"), message);
        Assert.Equal((409, "challenge_invalid"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Refuses_another_wallets_signature_and_uses_the_challenge_up()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        Answer asked = await room.AskAsync(visitor, wallet.Address);
        string message = asked.Text("message");

        Answer wrong = await room.LinkAsync(visitor, asked, message, WalletKeys.Next().SignText(message));
        Answer right = await room.LinkAsync(visitor, asked, message, wallet.SignText(message));

        Assert.Equal((422, "signature_invalid"), (wrong.Status, wrong.Code));
        Assert.Equal((409, "challenge_invalid"), (right.Status, right.Code));
    }

    [Fact]
    public async Task Refuses_a_wallet_that_is_another_persons()
    {
        PrivateKey wallet = WalletKeys.Next();
        await room.LinkAsync(await room.SignInAsync(), wallet);

        Answer answer = await room.LinkAsync(await room.SignInAsync(), wallet);

        Assert.Equal((409, "wallet_already_linked"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Gives_a_wallet_to_one_of_two_who_link_it_at_once()
    {
        PrivateKey wallet = WalletKeys.Next();
        Visitor[] visitors = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => room.SignInAsync()));

        Answer[] answers = await Task.WhenAll(visitors.Select(visitor => room.LinkAsync(visitor, wallet)));

        Assert.Equal(
            [null, "wallet_already_linked", "wallet_already_linked", "wallet_already_linked"],
            answers.Select(answer => answer.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Takes_one_of_many_answers_to_the_same_challenge_at_once()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        Answer asked = await room.AskAsync(visitor, wallet.Address);
        string message = asked.Text("message");
        string signature = wallet.SignText(message);

        Answer[] answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => room.LinkAsync(visitor, asked, message, signature)));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.Equal(5, answers.Count(answer => answer.Code == "challenge_invalid"));
    }

    [Fact]
    public async Task Refuses_a_challenge_that_nobody_made()
    {
        Visitor visitor = await room.SignInAsync();
        PrivateKey wallet = WalletKeys.Next();
        Answer asked = await room.AskAsync(visitor, wallet.Address);
        asked.Body!["id"] = Guid.Empty.ToString();

        Answer answer = await room.LinkAsync(
            visitor, asked, asked.Text("message"), wallet.SignText(asked.Text("message")));

        Assert.Equal("challenge_invalid", answer.Code);
    }

    [Theory]
    [InlineData("none", "0x00", "$.message")]
    [InlineData(null, "00", "$.signature")]
    [InlineData(null, "0x", "$.signature")]
    [InlineData(null, "0xzz", "$.signature")]
    public async Task Names_the_field_that_is_malformed(string? message, string signature, string field)
    {
        Visitor visitor = await room.SignInAsync();
        Answer asked = await room.AskAsync(visitor, WalletKeys.Next().Address);

        Answer answer = await room.LinkAsync(visitor, asked, message ?? asked.Text("message"), signature);

        Assert.Equal((400, "invalid_request", field), (answer.Status, answer.Code, answer.Field));
    }
}
