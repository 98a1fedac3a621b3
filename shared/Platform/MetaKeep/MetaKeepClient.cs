using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.MetaKeep;

/// <summary>A signed transaction, ready to be given to a node.</summary>
/// <param name="Raw">The octets to broadcast.</param>
/// <param name="Hash">The transaction's hash.</param>
public sealed record SignedTransaction(byte[] Raw, TransactionHash Hash)
{
    /// <summary>The hash alone: the octets are a signature.</summary>
    public override string ToString() => $"[signed transaction {Hash}]";
}

/// <summary>Asks MetaKeep for wallets, signatures and people's consent.</summary>
/// <remarks>
/// The platform's own money moves by signatures alone: no call of the app's wallet has MetaKeep broadcast. Only what a
/// person's embedded wallet does goes through MetaKeep, once that person consents there.
/// Every request carries the API signature with a timestamp made anew for each attempt. Calls are tried again after
/// lost and transient answers: none of them moves anything by itself. What comes back is not believed: the signature
/// must recover to the wallet that was asked, over exactly what was asked.
/// All throw <see cref="FailureException"/>: <c>upstream_unavailable</c> for no usable answer,
/// <c>signer_unavailable</c> for a key that is turned away or a signature that is wrong; and
/// <see cref="MetaKeepRefusedException"/> for a definite no. Source: MetaKeep API reference (read 2026-11).
/// </remarks>
public sealed class MetaKeepClient : IDisposable
{
    /// <summary>The largest answer read, in bytes: replies are below 1 KiB.</summary>
    private const int ResponseBytesMax = 64 * 1024;

    private readonly OutboundHttp _http;
    private readonly string _signedHost;
    private readonly TimeProvider _clock;

    /// <summary>A client of MetaKeep as <paramref name="options"/> say.</summary>
    public MetaKeepClient(MetaKeepOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = clock;
        _signedHost = options.SignedHost;
        _http = new OutboundHttp(
            new OutboundHttpPolicy(
                "metakeep",
                options.BaseUrl,
                options.AttemptTimeout,
                options.TotalTimeout,
                options.RetriesMax,
                options.RetryDelay,
                ResponseBytesMax),
            clock);
    }

    /// <summary>The address of the app's own wallet: a signer's address.</summary>
    public async Task<Address> GetDeveloperWalletAsync(MetaKeepCredential app, CancellationToken cancellationToken)
    {
        MetaKeepMessages.Reply reply = await PostAsync(app, "/v3/getDeveloperWallet", [], cancellationToken);
        return WalletOf(reply);
    }

    /// <summary>The address of the embedded wallet of a verified e-mail; made when first asked for.</summary>
    public async Task<Address> GetWalletAsync(
        MetaKeepCredential app, string email, CancellationToken cancellationToken)
    {
        MetaKeepMessages.WalletRequest request = new(new MetaKeepMessages.User(email));
        byte[] body = Body(request, MetaKeepJson.Default.WalletRequest);
        return WalletOf(await PostAsync(app, "/v3/getWallet", body, cancellationToken));
    }

    /// <summary>Has the app's wallet sign a transaction; nothing is broadcast.</summary>
    /// <param name="app">Whose wallet.</param>
    /// <param name="signer">The wallet's address; the answer must recover to it.</param>
    /// <param name="transaction">What to sign; its data is never empty of a recipient.</param>
    /// <param name="reason">Why, for MetaKeep's own audit log; holds nothing secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SignedTransaction> SignTransactionAsync(
        MetaKeepCredential app,
        Address signer,
        Eip1559Transaction transaction,
        string reason,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        MetaKeepMessages.TransactionRequest request =
            new(MetaKeepMessages.TransactionObject.Of(transaction, signer), reason);
        byte[] body = Body(request, MetaKeepJson.Default.TransactionRequest);
        MetaKeepMessages.Reply reply = await PostAsync(app, "/v2/app/sign/transaction", body, cancellationToken);
        Signature signature = SignatureOf(reply, transaction.SigningHash(), signer);
        byte[] raw = transaction.Encode(signature);
        // The octets that will move money are read back: they must say what was asked, and nothing else.
        if (!Eip1559Transaction.TryDecode(raw, out Eip1559Transaction? decoded, out Signature read)
            || decoded != transaction || !Secp256k1.Verify(decoded.SigningHash(), read, signer))
        {
            throw MetaKeepFailures.WrongSignature();
        }

        return new SignedTransaction(raw, Eip1559Transaction.HashOf(raw));
    }

    /// <summary>Has the app's wallet sign EIP-712 typed data.</summary>
    /// <param name="app">Whose wallet.</param>
    /// <param name="signer">The wallet's address; the answer must recover to it.</param>
    /// <param name="typedData">What to sign; its digest is computed here and not taken from MetaKeep.</param>
    /// <param name="reason">Why, for MetaKeep's own audit log; holds nothing secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Signature> SignTypedDataAsync(
        MetaKeepCredential app,
        Address signer,
        TypedData typedData,
        string reason,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(typedData);
        byte[] body = MetaKeepMessages.TypedDataRequest(typedData, reason);
        MetaKeepMessages.Reply reply = await PostAsync(app, "/v2/app/sign/typedData", body, cancellationToken);
        return SignatureOf(reply, typedData.Digest(), signer);
    }

    /// <summary>Asks that a person be asked to let their embedded wallet make a call; nothing moves yet.</summary>
    /// <param name="app">The app whose chain it is, which pays the gas.</param>
    /// <param name="email">The person.</param>
    /// <param name="call">What their wallet is to call, once they consent in MetaKeep's own window.</param>
    /// <param name="idempotencyKey">A repeat under the same key gets the same token.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The token that the person's window takes; good for 10 minutes, and a secret till then.</returns>
    public async Task<string> AskConsentAsync(
        MetaKeepCredential app,
        string email,
        ContractCall call,
        string idempotencyKey,
        CancellationToken cancellationToken)
    {
        MetaKeepMessages.Reply reply = await PostAsync(
            app,
            "/v2/app/lambda/invoke",
            MetaKeepMessages.ConsentRequest(email, call),
            static status => status == "USER_CONSENT_NEEDED",
            idempotencyKey,
            cancellationToken);
        return reply.ConsentToken is { Length: > 0 } token
            ? token
            : throw MetaKeepFailures.Unavailable("its answer names no consent");
    }

    /// <summary>What became of a call that a person consented to.</summary>
    /// <param name="app">The app that asked.</param>
    /// <param name="transactionId">What the consent was answered with.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ConsentedTransaction> GetTransactionStatusAsync(
        MetaKeepCredential app, Guid transactionId, CancellationToken cancellationToken)
    {
        MetaKeepMessages.StatusRequest request = new(transactionId.ToString());
        MetaKeepMessages.Reply reply = await PostAsync(
            app,
            "/v2/app/transaction/status",
            Body(request, MetaKeepJson.Default.StatusRequest),
            static status => ConsentedTransaction.StatusOf(status) is not null,
            idempotencyKey: null,
            cancellationToken);
        return new ConsentedTransaction(
            ConsentedTransaction.StatusOf(reply.Status)!.Value,
            TransactionHash.TryParse(reply.TransactionHash, null, out TransactionHash hash) ? hash : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static byte[] Body<T>(T request, JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(request, type);

    private static Address WalletOf(MetaKeepMessages.Reply reply) =>
        Address.TryParse(reply.Wallet?.EthAddress, out Address address) && !address.IsZero
            ? address
            : throw MetaKeepFailures.Unavailable("its answer names no wallet");

    private static Signature SignatureOf(MetaKeepMessages.Reply reply, Bytes32 digest, Address signer) =>
        reply.TryReadSignature(out Signature signature) && Secp256k1.Verify(digest, signature, signer)
            ? signature.ToLowS()
            : throw MetaKeepFailures.WrongSignature();

    private Task<MetaKeepMessages.Reply> PostAsync(
        MetaKeepCredential app, string path, byte[] body, CancellationToken cancellationToken) =>
        PostAsync(
            app, path, body, static status => status == "SUCCESS", idempotencyKey: null, cancellationToken);

    private async Task<MetaKeepMessages.Reply> PostAsync(
        MetaKeepCredential app,
        string path,
        byte[] body,
        Func<string?, bool> isExpected,
        string? idempotencyKey,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(app);
        try
        {
            using HttpResponseMessage response =
                await _http.SendAsync(() => Message(app, path, body, idempotencyKey), cancellationToken);
            MetaKeepMessages.Reply? reply =
                TryRead(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            if (response.StatusCode == HttpStatusCode.OK && reply is null)
                throw MetaKeepFailures.Unavailable("its answer is not JSON");
            if (response.StatusCode == HttpStatusCode.OK && isExpected(reply!.Status))
                return reply;

            throw MetaKeepFailures.From(response.StatusCode, reply?.Status);
        }
        catch (OutboundLostException exception)
        {
            throw MetaKeepFailures.Unavailable("no answer", exception);
        }
    }

    private static MetaKeepMessages.Reply? TryRead(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, MetaKeepJson.Default.Reply);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private HttpRequestMessage Message(MetaKeepCredential app, string path, byte[] body, string? idempotencyKey)
    {
        long timestamp = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        byte[] text = MetaKeepCredential.StringToSign(_signedHost, "POST", path, idempotencyKey, timestamp, body);
        HttpRequestMessage message = new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.Add("x-api-key", app.ApiKey);
        if (idempotencyKey is not null)
            message.Headers.Add("Idempotency-Key", idempotencyKey);
        message.Headers.Add("X-Timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        message.Headers.Add("X-Api-Signature", app.Sign(text));
        return message;
    }
}
