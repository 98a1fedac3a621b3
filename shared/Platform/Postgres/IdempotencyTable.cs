using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.Postgres;

/// <summary>Answers by idempotency key: what came twice has the effect of once, and the same answer.</summary>
/// <remarks>
/// Key, effect and answer are one transaction, so a duplicate that arrives meanwhile waits on the key's row and then
/// reads the answer; a refusal rolls the key back and is not stored.
/// </remarks>
public static class IdempotencyTable
{
    /// <summary>How long answers are kept: Friday's bug is still answered alike on Monday.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(72);

    /// <summary>How long Signing keeps them: a month-end job may still repeat its first day's request.</summary>
    public static readonly TimeSpan SigningRetention = TimeSpan.FromDays(30);

    private const string ClaimSql = """
        INSERT INTO idempotency_keys (room, caller, key, fingerprint, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """;

    private const string FindSql = """
        SELECT fingerprint, response::text FROM idempotency_keys WHERE room = $1 AND caller = $2 AND key = $3
        """;

    private const string AnswerSql = """
        UPDATE idempotency_keys SET response = $4::jsonb WHERE room = $1 AND caller = $2 AND key = $3
        """;

    /// <summary>Runs <paramref name="body"/> once for this caller and key; a repeat gets the first answer.</summary>
    /// <param name="database">The room's database.</param>
    /// <param name="caller">Whose key it is.</param>
    /// <param name="key">The client's key.</param>
    /// <param name="operation">Method and route, such as <c>POST /v1/listings</c>.</param>
    /// <param name="request">The request, fingerprinted in its canonical form.</param>
    /// <param name="requestJson">How the request is written.</param>
    /// <param name="responseJson">How the answer is stored.</param>
    /// <param name="body">The effect, in the transaction of the key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException"><c>idempotency_key_reused</c>: the key came with another request.</exception>
    public static Task<TResponse> OnceAsync<TRequest, TResponse>(
        this Database database,
        Guid caller,
        IdempotencyKey key,
        string operation,
        TRequest request,
        JsonTypeInfo<TRequest> requestJson,
        JsonTypeInfo<TResponse> responseJson,
        Func<Transaction, Task<TResponse>> body,
        CancellationToken cancellationToken)
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(database);
        byte[] fingerprint = Fingerprint(operation, request, requestJson);
        TimeSpan retention = database.Room == "signing" ? SigningRetention : Retention;
        return database.WriteAsync(
            async transaction =>
            {
                int claimed = await transaction.ExecuteAsync(
                    ClaimSql,
                    [
                        transaction.Room, caller.ToString(), key.ToString(), fingerprint, transaction.Now,
                        transaction.Now + retention,
                    ],
                    cancellationToken);
                if (claimed == 0)
                {
                    return Replay(
                        await FindAsync(transaction, caller, key, cancellationToken), fingerprint, responseJson);
                }

                TResponse response = await body(transaction);
                await transaction.ExecuteAsync(
                    AnswerSql,
                    [
                        transaction.Room, caller.ToString(), key.ToString(),
                        JsonSerializer.Serialize(response, responseJson),
                    ],
                    cancellationToken);
                return response;
            },
            cancellationToken);
    }

    /// <summary>The answer that this caller and key already got; null when they are new.</summary>
    /// <remarks>
    /// Asked before the chain is looked at: what was allowed and done the first time may be refused by the chain's
    /// state of today, and a repeat must still get the first answer.
    /// </remarks>
    /// <exception cref="FailureException"><c>idempotency_key_reused</c>: the key came with another request.</exception>
    public static Task<TResponse?> FindAnswerAsync<TRequest, TResponse>(
        this Database database,
        Guid caller,
        IdempotencyKey key,
        string operation,
        TRequest request,
        JsonTypeInfo<TRequest> requestJson,
        JsonTypeInfo<TResponse> responseJson,
        CancellationToken cancellationToken)
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(database);
        byte[] fingerprint = Fingerprint(operation, request, requestJson);
        return database.ReadAsync(
            async transaction =>
            {
                return await FindAsync(transaction, caller, key, cancellationToken) is { } stored
                    ? Replay(stored, fingerprint, responseJson)
                    : null;
            },
            cancellationToken);
    }

    private static Task<(byte[] Fingerprint, string? Response)?> FindAsync(
        Transaction transaction, Guid caller, IdempotencyKey key, CancellationToken cancellationToken) =>
        transaction.FindValueAsync(
            FindSql,
            [transaction.Room, caller.ToString(), key.ToString()],
            row => (row.Bytes(0), row.TextOrNull(1)),
            cancellationToken);

    private static TResponse Replay<TResponse>(
        (byte[] Fingerprint, string? Response)? stored, byte[] fingerprint, JsonTypeInfo<TResponse> responseJson)
        where TResponse : class
    {
        if (stored?.Response is not { } response)
        {
            throw new FailureException(new Failure(
                FailureCode.IdempotencyInProgress, "The first request with this idempotency key still runs.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            });
        }

        if (!stored.Value.Fingerprint.AsSpan().SequenceEqual(fingerprint))
        {
            throw new FailureException(
                FailureCode.IdempotencyKeyReused, "This idempotency key was used for another request.");
        }

        return JsonSerializer.Deserialize(response, responseJson)!;
    }

    private static byte[] Fingerprint<T>(string operation, T request, JsonTypeInfo<T> json)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(operation));
        hash.AppendData([0]);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(request, json));
        return hash.GetHashAndReset();
    }
}
