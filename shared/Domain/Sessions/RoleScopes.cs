using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Souk.Domain.Wire;

namespace Souk.Domain.Sessions;

/// <summary>What a person may be here.</summary>
[JsonConverter(typeof(WireTextJsonConverter<Role>))]
public enum Role
{
    /// <summary>Lists, buys and bids.</summary>
    Trader,

    /// <summary>Looks into what went wrong for a trader; changes nothing.</summary>
    Support,

    /// <summary>Keeps the marketplace: collections, fees, people, policies.</summary>
    Admin,

    /// <summary>Moves the platform's money within the policies.</summary>
    Operator,
}

/// <summary>Which of the platform's two front doors a token is for.</summary>
[JsonConverter(typeof(WireTextJsonConverter<TokenAudience>))]
public enum TokenAudience
{
    /// <summary>The marketplace's users.</summary>
    User,

    /// <summary>The people who run it.</summary>
    Admin,
}

/// <summary>The scopes an endpoint may ask for, and which roles carry them through which door.</summary>
/// <remarks>
/// A token for users never carries an administrative scope, whatever roles its subject has: a token stolen from
/// the open marketplace opens nothing behind the other door.
/// </remarks>
public static class RoleScopes
{
    /// <summary>Own account: wallets, sessions, API keys. Every signed-in person has it.</summary>
    public const string AccountManage = "account:manage";

    /// <summary>List, hold, buy, bid.</summary>
    public const string MarketTrade = "market:trade";

    /// <summary>Collections, fees, moderation.</summary>
    public const string MarketAdmin = "market:admin";

    /// <summary>Ask for a platform transaction.</summary>
    public const string SigningRequest = "signing:request";

    /// <summary>Be the second person of a dangerous act in Signing.</summary>
    public const string SigningApprove = "signing:approve";

    /// <summary>Read platform transactions and policies.</summary>
    public const string SigningRead = "signing:read";

    /// <summary>Read inboxes, outboxes, cursors, audit.</summary>
    public const string OpsRead = "ops:read";

    /// <summary>Replay and discard dead letters, resume and read chains again.</summary>
    public const string OpsWrite = "ops:write";

    /// <summary>Announce a partner's events.</summary>
    public const string EventsPublish = "events:publish";

    private static readonly FrozenDictionary<(Role, TokenAudience), ImmutableArray<string>> Table =
        new Dictionary<(Role, TokenAudience), ImmutableArray<string>>
        {
            [(Role.Trader, TokenAudience.User)] = [MarketTrade],
            [(Role.Support, TokenAudience.Admin)] = [OpsRead, SigningRead],
            [(Role.Admin, TokenAudience.Admin)] = [MarketAdmin, OpsRead, OpsWrite, SigningApprove, SigningRead],
            [(Role.Operator, TokenAudience.Admin)] =
                [EventsPublish, OpsRead, OpsWrite, SigningApprove, SigningRead, SigningRequest],
        }.ToFrozenDictionary();

    /// <summary>Every scope there is, in ordinal order.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        AccountManage, EventsPublish, MarketAdmin, MarketTrade, OpsRead, OpsWrite, SigningApprove, SigningRead,
        SigningRequest,
    ];

    /// <summary>Whether these roles pass a door: the users' anyone's, the other with a role behind it.</summary>
    /// <param name="roles">The subject's roles.</param>
    /// <param name="audience">The door.</param>
    public static bool OpensDoor(IEnumerable<Role> roles, TokenAudience audience) =>
        audience == TokenAudience.User || roles.Any(role => Table.ContainsKey((role, audience)));

    /// <summary>The scopes of a token, each once, in ordinal order.</summary>
    /// <param name="roles">The subject's roles; none is a person without a role, who may still keep an account.</param>
    /// <param name="audience">The door the token is for.</param>
    public static ImmutableArray<string> For(IEnumerable<Role> roles, TokenAudience audience) =>
    [
        .. roles.SelectMany(role => Table.GetValueOrDefault((role, audience), []))
            .Append(AccountManage).Distinct().Order(StringComparer.Ordinal),
    ];
}
