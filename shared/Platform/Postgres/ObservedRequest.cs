using System.Text.Json.Serialization.Metadata;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.Postgres;

/// <summary>Requests that look at the outside world before their one transaction.</summary>
public static class ObservedRequest
{
    /// <summary>Answers a repeat with what was answered first; else observes, and then runs the body once.</summary>
    /// <remarks>
    /// The observation is no part of the transaction, so no connection waits for another's answer. A repeat is not
    /// observed again: the outside world may have moved on since the first answer.
    /// </remarks>
    /// <param name="database">The room's database.</param>
    /// <param name="caller">Whose key it is.</param>
    /// <param name="key">The client's key.</param>
    /// <param name="operation">Method and route, such as <c>POST /v1/listings</c>.</param>
    /// <param name="request">The request, fingerprinted in its canonical form.</param>
    /// <param name="requestJson">How the request is written.</param>
    /// <param name="responseJson">How the answer is stored.</param>
    /// <param name="observe">Outside calls; refusals that need no transaction.</param>
    /// <param name="body">The effect, in the transaction of the key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException">
    /// <c>idempotency_key_reused</c>: the key came with another request.
    /// </exception>
    public static async Task<TResponse> OnceAsync<TRequest, TObserved, TResponse>(
        this Database database,
        Guid caller,
        IdempotencyKey key,
        string operation,
        TRequest request,
        JsonTypeInfo<TRequest> requestJson,
        JsonTypeInfo<TResponse> responseJson,
        Func<Task<TObserved>> observe,
        Func<Transaction, TObserved, Task<TResponse>> body,
        CancellationToken cancellationToken)
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(observe);
        ArgumentNullException.ThrowIfNull(body);
        if (await FindAsync() is { } answered)
            return answered;

        TObserved observed;
        try
        {
            observed = await observe();
        }
        catch (FailureException)
        {
            // What was refused may be what the first request with this key has done in the meantime.
            if (await FindAsync() is { } first)
                return first;
            throw;
        }

        return await database.OnceAsync(
            caller, key, operation, request, requestJson, responseJson,
            transaction => body(transaction, observed),
            cancellationToken);

        Task<TResponse?> FindAsync() => database.FindAnswerAsync(
            caller, key, operation, request, requestJson, responseJson, cancellationToken);
    }
}
