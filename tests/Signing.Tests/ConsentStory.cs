using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.StandIns;
using Souk.Platform.Vault;

namespace Souk.Signing.Tests;

/// <summary>Somebody with an embedded wallet, and what they are asked.</summary>
public sealed class ConsentStory
{
    private static readonly AbiFunction s_approve = AbiFunction.Parse("approve(address,uint256)");
    private readonly SigningWorld _world;

    private ConsentStory(SigningWorld world, TestPerson person, string email)
    {
        _world = world;
        Person = person;
        Key = world.World.PeopleOf(world.Chain).WalletOf(email);
        Email = email;
    }

    internal TestPerson Person { get; }

    internal string Email { get; }

    /// <summary>The key that MetaKeep keeps for them.</summary>
    internal PrivateKey Key { get; }

    internal MetaKeepStandIn MetaKeep => _world.World.MetaKeep;

    /// <summary>Signs somebody in who has an embedded wallet, as Auth provisions it.</summary>
    internal static async Task<ConsentStory> StartAsync(SigningWorld world)
    {
        TestPerson person = await world.AddPersonAsync(Role.Trader, TokenAudience.User);
        ConsentStory story = new(world, person, $"{person.UserId:N}@mail.example");
        using VaultClient vault = VaultRegistration.CreateClient(
            new VaultOptions
            {
                Address = world.World.Vault.Url,
                LoginMethod = VaultLoginMethod.Token,
                Token = world.World.Vault.RootToken,
            },
            TimeProvider.System,
            NullLogger<VaultClient>.Instance);
        string ciphertext = await vault.EncryptAsync(
            "wallet-data",
            Encoding.UTF8.GetBytes(story.Email),
            story.Key.Address.ToArray(),
            TestContext.Current.CancellationToken);
        string octets = story.Key.Address.ToString()[2..];
        await world.SqlAsync($"""
            INSERT INTO wallets (address, user_id, kind, linked_at)
            VALUES (decode('{octets}', 'hex'), '{person.UserId}', 'embedded', now());
            INSERT INTO embedded_wallets (address, email_ciphertext)
            VALUES (decode('{octets}', 'hex'), '{ciphertext}')
            """);
        return story;
    }

    /// <summary>What is asked: an approval, with 0.3 coins along.</summary>
    internal JsonObject Request(string? data = null) => new()
    {
        ["chainId"] = (long)_world.Chain.Plan.Id.Value,
        ["wallet"] = Key.Address.ToString(),
        ["to"] = _world.Chain.Contracts.Collection.ToString(),
        ["data"] = data ?? Hex.Encode(s_approve.Encode(
            new AbiValue.Addr(_world.Wallet), new AbiValue.Uint((UInt256)7ul))),
        ["valueWei"] = "300000000000000000",
        ["description"] = "Let the market move your token.",
    };

    internal Task<ApiAnswer> AskAsync(string? key = null, string? data = null) =>
        _world.PostAsync(Person, "/v1/consents", Request(data), key);

    /// <summary>Asks, and has the person consent in their window.</summary>
    internal async Task<(string Id, Guid TransactionId)> ConsentAsync()
    {
        ApiAnswer asked = await AskAsync();
        return (IdOf(asked), MetaKeep.Consent(asked.Text("consentToken")));
    }

    internal Task<ApiAnswer> ReportAsync(string id, Guid transactionId) => _world.PostAsync(
        Person, $"/v1/consents/{id}/transaction", new JsonObject { ["transactionId"] = transactionId.ToString() });

    internal async Task<string> StatusAsync(string id) =>
        (await _world.GetAsync(Person, $"/v1/consents/{id}")).Text("status");

    internal static string IdOf(ApiAnswer asked) => asked.Json.GetProperty("consent").GetProperty("id").GetString()!;
}
