using Souk.Platform.Firebase;
using Souk.Platform.Hosting;
using Souk.Platform.MetaKeep;
using Souk.Platform.Vault;

namespace Souk.Auth;

/// <summary>The auth room: sign-in by Firebase, sessions, and wallets that prove whose they are.</summary>
public sealed class AuthFunction : IFunction
{
    /// <inheritdoc/>
    public static string Name => "auth";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseJson(AuthJson.Default).UsePostgres().UseRedis().UseAccessTokens().UseChains();
        AuthOptions options = builder.Configuration.GetSection("Auth").Get<AuthOptions>() ?? new AuthOptions();
        builder.Check(options, new AuthOptionsValidator(), "Auth");
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<RateLimit>();
        builder.Services.AddSingleton<AccessTokenIssuer>();
        builder.Services.AddSingleton<WalletSignature>();
        builder.Services.AddMetaKeep(builder.Configuration);
        builder.Services.AddSingleton(new MetaKeepCredentials(builder.ReadSecretsAsync));
        UseFirebase(builder);
    }

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes)
    {
        StartSession.Map(routes);
        RefreshSession.Map(routes);
        EndSession.Map(routes);
        GetMe.Map(routes);
        ListWallets.Map(routes);
        AskWallet.Map(routes);
        LinkWallet.Map(routes);
        UnlinkWallet.Map(routes);
        ProvisionWallet.Map(routes);
    }

    private static void UseFirebase(FunctionBuilder builder)
    {
        FirebaseOptions? options = builder.Check(
            builder.Configuration.GetSection("Firebase").Get<FirebaseOptions>(),
            new FirebaseOptionsValidator(),
            "Firebase");
        if (options is null)
            return;
        FirebaseTokenVerifier verifier = FirebaseRegistration.CreateVerifier(options, builder.Clock, cache: null);
        FirebaseClient client = FirebaseRegistration.CreateClient(
            options,
            async cancellationToken =>
            {
                VaultSecret secrets = await builder.ReadSecretsAsync(cancellationToken);
                return secrets[FirebaseRegistration.ServiceAccountSecret];
            },
            builder.Clock);
        builder.Services.AddSingleton(verifier);
        builder.Services.AddSingleton(client);
        builder.Prewarm(verifier.PrewarmAsync).Prewarm(client.PrewarmAsync);
    }
}
