using Microsoft.Extensions.Time.Testing;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Local.StandIns;
using Souk.Platform.MetaKeep;

namespace Souk.Platform.Tests.MetaKeep;

/// <summary>The production client against the stand-in that checks what the vendor checks.</summary>
public sealed class MetaKeepClientTests : IAsyncLifetime
{
    private static readonly ChainId s_chain = new(31337);
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly MetaKeepStandIn _standIn;
    private readonly MetaKeepApp _app;
    private MetaKeepClient _client = null!;

    public MetaKeepClientTests()
    {
        _standIn = new MetaKeepStandIn("client tests", _clock);
        _app = _standIn.AddApp(s_chain);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private MetaKeepCredential Credential => MetaKeepCredential.Parse(_app.ApiKey, _app.ApiSecret);

    public async ValueTask InitializeAsync()
    {
        await _standIn.StartAsync(Cancelled);
        _client = Client(retriesMax: 2);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task Names_the_apps_own_wallet()
    {
        Address wallet = await _client.GetDeveloperWalletAsync(Credential, Cancelled);

        Assert.Equal(_app.Wallet.Address, wallet);
    }

    [Fact]
    public async Task Names_one_wallet_for_one_email()
    {
        Address first = await _client.GetWalletAsync(Credential, "ana@example.org", Cancelled);
        Address again = await _client.GetWalletAsync(Credential, "ana@example.org", Cancelled);
        Address other = await _client.GetWalletAsync(Credential, "ben@example.org", Cancelled);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task Assembles_a_transaction_that_the_wallet_signed_as_asked()
    {
        Eip1559Transaction asked = Transaction();

        SignedTransaction signed = await SignAsync(asked);

        Assert.True(Eip1559Transaction.TryDecode(signed.Raw, out Eip1559Transaction? decoded, out Signature signature));
        Assert.Equal(asked, decoded);
        Assert.True(Secp256k1.Verify(asked.SigningHash(), signature, _app.Wallet.Address));
        Assert.Equal(Eip1559Transaction.HashOf(signed.Raw), signed.Hash);
    }

    [Fact]
    public async Task Has_typed_data_signed_by_the_wallet()
    {
        TypedData data = TypedData.Parse("""
            {"types":{"EIP712Domain":[{"name":"name","type":"string"}],"Mail":[{"name":"text","type":"string"}]},
            "primaryType":"Mail","domain":{"name":"test"},"message":{"text":"hello"}}
            """);

        Signature signature = await _client.SignTypedDataAsync(
            Credential, _app.Wallet.Address, data, "test", Cancelled);

        Assert.True(Secp256k1.Verify(data.Digest(), signature, _app.Wallet.Address));
    }

    [Fact]
    public async Task Asks_for_a_persons_consent_by_name_and_exact_amounts()
    {
        AbiFunction function = AbiFunction.Parse("fulfil(address,uint256,(bool,bytes)[],int8,string)");
        AbiValue[] arguments =
        [
            new AbiValue.Addr(_app.Wallet.Address),
            new AbiValue.Uint(UInt256.MaxValue),
            new AbiValue.List([new AbiValue.Tuple([new AbiValue.Bool(true), new AbiValue.Bytes(new byte[] { 1, 2 })])]),
            new AbiValue.Int(-3),
            new AbiValue.Text("\"quoted\""),
        ];
        ContractCall call = new(Address.Zero, function, arguments, Wei.Parse("1000000000000000001"), "why");

        string token = await _client.AskConsentAsync(Credential, "ana@example.org", call, "key-1", Cancelled);
        string again = await _client.AskConsentAsync(Credential, "ana@example.org", call, "key-1", Cancelled);

        MetaKeepConsent asked = _standIn.AskedOf(token);
        Assert.Equal(token, again);
        Assert.Equal(("fulfil", "1.000000000000000001"), (asked.Function, asked.Pay));
        Assert.Equal(
            $$"""["{{_app.Wallet.Address}}","{{UInt256.MaxValue}}",[[true,"0x0102"]],"-3","\u0022quoted\u0022"]""",
            asked.Arguments);
    }

    [Fact]
    public async Task Tells_what_became_of_a_consented_transaction()
    {
        ContractCall call = new(Address.Zero, AbiFunction.Parse("go()"), [], Wei.Zero, "why");
        Guid id = _standIn.Consent(
            await _client.AskConsentAsync(Credential, "ana@example.org", call, "key-2", Cancelled));
        TransactionHash hash = new(Keccak256.Hash("any"u8));

        ConsentedTransaction queued = await _client.GetTransactionStatusAsync(Credential, id, Cancelled);
        _standIn.Move(id, "COMPLETED", hash);
        ConsentedTransaction completed = await _client.GetTransactionStatusAsync(Credential, id, Cancelled);

        Assert.Equal(new ConsentedTransaction(ConsentedStatus.Queued, null), queued);
        Assert.Equal(new ConsentedTransaction(ConsentedStatus.Completed, hash), completed);
        await Assert.ThrowsAsync<MetaKeepRefusedException>(
            () => _client.GetTransactionStatusAsync(Credential, Guid.NewGuid(), Cancelled));
    }

    [Fact]
    public async Task Refuses_a_signature_of_another_wallet()
    {
        _app.IsImpostor = true;

        FailureException failed = await Assert.ThrowsAsync<FailureException>(() => SignAsync(Transaction()));

        Assert.Equal(FailureCode.SignerUnavailable, failed.Failure.Code);
    }

    [Fact]
    public async Task Says_refused_for_a_chain_that_is_not_the_apps()
    {
        Eip1559Transaction elsewhere = Transaction() with { ChainId = new ChainId(1) };

        MetaKeepRefusedException refused =
            await Assert.ThrowsAsync<MetaKeepRefusedException>(() => SignAsync(elsewhere));

        Assert.Equal("UNSUPPORTED_OPERATION", refused.Status);
    }

    [Fact]
    public async Task Says_that_the_signer_is_unavailable_when_its_key_is_turned_away()
    {
        _standIn.RemoveApp(_app);

        FailureException failed = await Assert.ThrowsAsync<FailureException>(() => SignAsync(Transaction()));

        Assert.Equal(FailureCode.SignerUnavailable, failed.Failure.Code);
    }

    [Fact]
    public async Task Asks_again_with_a_new_timestamp_after_a_lost_answer()
    {
        using MetaKeepClient patient = Client(retriesMax: 2, TimeSpan.Zero);
        _standIn.Next(StandInFault.TimeOutAfterEffect, "sign/transaction");

        SignedTransaction signed = await patient.SignTransactionAsync(
            Credential, _app.Wallet.Address, Transaction(), "test", Cancelled);

        Assert.NotEmpty(signed.Raw);
        Assert.Equal(2, _standIn.Calls.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Says_unavailable_when_the_vendor_stays_unwell(int status)
    {
        using MetaKeepClient hasty = Client(retriesMax: 0);
        _standIn.Next(status);

        FailureException failed = await Assert.ThrowsAsync<FailureException>(() => hasty.SignTransactionAsync(
            Credential, _app.Wallet.Address, Transaction(), "test", Cancelled));

        Assert.Equal(FailureCode.UpstreamUnavailable, failed.Failure.Code);
    }

    [Fact]
    public async Task Treats_a_lost_signing_answer_as_transient()
    {
        using MetaKeepClient hasty = Client(retriesMax: 0);
        _standIn.Next(StandInFault.TimeOutAfterEffect);

        FailureException failed = await Assert.ThrowsAsync<FailureException>(() => hasty.SignTransactionAsync(
            Credential, _app.Wallet.Address, Transaction(), "test", Cancelled));

        Assert.Equal(FailureCode.UpstreamUnavailable, failed.Failure.Code);
    }

    private static Eip1559Transaction Transaction() => new(
        s_chain,
        7,
        Wei.FromUlong(1_000_000_000),
        Wei.FromUlong(30_000_000_000),
        90_000,
        Address.Parse("0x00000000006c3852cbef3e08e8df289169ede581"),
        Wei.FromUlong(12_345),
        new byte[] { 0xde, 0xad, 0x00, 0xbe, 0xef });

    private Task<SignedTransaction> SignAsync(Eip1559Transaction transaction) =>
        _client.SignTransactionAsync(Credential, _app.Wallet.Address, transaction, "test", Cancelled);

    private MetaKeepClient Client(int retriesMax, TimeSpan? delay = null) => new(
        new MetaKeepOptions
        {
            BaseUrl = _standIn.Url,
            RetriesMax = retriesMax,
            RetryDelay = delay ?? TimeSpan.FromMilliseconds(1),
        },
        _clock);
}
