using Souk.Domain.Events;
using Souk.Platform.CloudEvents;
using Souk.Platform.Hosting;
using Souk.Platform.MetaKeep;

namespace Souk.Signing;

/// <summary>The signing room, the only one that moves the platform's money: what it uses and what it answers.</summary>
public sealed class SigningFunction : IFunction
{
    /// <inheritdoc/>
    public static string Name => "signing";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseJson(SigningJson.Default).UsePostgres().UseRedis().UseAccessTokens().UseChains();
        builder.Services.AddMetaKeep(builder.Configuration);
        builder.Services.AddSingleton(new MetaKeepCredentials(builder.ReadSecretsAsync));
        builder.Services.AddSingleton(ReadSigners(builder));
        builder.Services.AddSingleton<Signers>();
        PolicyOptions policy = builder.Configuration.GetSection("Policy").Get<PolicyOptions>() ?? new PolicyOptions();
        builder.Check(policy, new PolicyOptionsValidator(), "Policy");
        builder.Services.AddSingleton(policy);
        builder.Services.AddSingleton<JudgeCall>();
        builder.Services.AddSingleton<SendTransactions>();
        builder.Services.AddSingleton<SendToAll>();
        builder.Services.AddSingleton<WatchBalance>();
        builder.Services.AddSingleton<ConfirmTransactions>();
        UseConsents(builder);
        builder.Prewarm(builder.ReadSecretsAsync);
    }

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RequestTransaction.Map(routes);
        RequestSignature.Map(routes);
        GetTransaction.Map(routes);
        CancelTransaction.Map(routes);
        ReplaceTransaction.Map(routes);
        ListTransactions.Map(routes);
        EvaluatePolicy.Map(routes);
        ProposePolicy.Map(routes);
        ProposeRecipientList.Map(routes);
        RegisterContract.Map(routes);
        ProposeSignatureType.Map(routes);
        ApprovePolicy.Map(routes);
        WithdrawPolicy.Map(routes);
        SwitchPolicy.Map(routes);
        ListPolicies.Map(routes);
        GetPolicy.Map(routes);
        ListSigners.Map(routes);
        GetSigner.Map(routes);
        LimitSigner.Map(routes);
        PauseSigner.Map(routes);
        UnpauseSigner.Map(routes);
        AskConsent.Map(routes);
        AnswerConsent.Map(routes);
        DenyConsent.Map(routes);
        GetConsent.Map(routes);
        routes.MapEvents(events => events
            .On(EventType.TransactionQueued, SigningJson.Default.TransactionQueued, TakeQueuedTransaction.HandleAsync)
            .On(EventType.ChainHinted, SigningJson.Default.ChainHint, TakeChainHint.HandleAsync)
            .OnSchedule("confirm", ConfirmOnSchedule.HandleAsync));
    }

    private static SignerRegistry ReadSigners(FunctionBuilder builder)
    {
        List<SignerOptions> signers = builder.Configuration.GetSection("Signers").Get<List<SignerOptions>>() ?? [];
        HashSet<string> chains =
            [.. builder.Configuration.GetSection("Chains").GetChildren().Select(chain => chain["Id"] ?? "")];
        return SignerRegistry.Create(signers, chains, builder.Fault);
    }

    private static void UseConsents(FunctionBuilder builder)
    {
        List<ConsentOptions> options = builder.Configuration.GetSection("Consents").Get<List<ConsentOptions>>() ?? [];
        builder.Services.AddSingleton(ConsentRules.Create(options, builder.Fault));
        builder.Services.AddSingleton<ConsentWindow>();
        builder.Services.AddSingleton<FollowConsents>();
    }
}
