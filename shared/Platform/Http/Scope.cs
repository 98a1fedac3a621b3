namespace Souk.Platform.Http;

/// <summary>What an access token may be used for; every endpoint names one, or says why it needs none.</summary>
public static class Scope
{
    /// <summary>One's own sessions and wallets.</summary>
    public const string AccountManage = "account:manage";

    /// <summary>Listing, buying and cancelling.</summary>
    public const string MarketTrade = "market:trade";

    /// <summary>Registering collections.</summary>
    public const string MarketAdmin = "market:admin";

    /// <summary>Asking for transactions of the platform's wallets.</summary>
    public const string SigningRequest = "signing:request";

    /// <summary>Proposing and approving signing policies.</summary>
    public const string SigningApprove = "signing:approve";

    /// <summary>Reading transactions and policies.</summary>
    public const string SigningRead = "signing:read";

    /// <summary>Reading the state of chains, inboxes and dead letters.</summary>
    public const string OperationsRead = "ops:read";
}
