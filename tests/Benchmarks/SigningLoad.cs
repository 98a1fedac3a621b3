using Souk.Harness;

namespace Souk.Benchmarks;

/// <summary>Asks for transactions, each under an idempotency key of its own, on so many connections.</summary>
/// <param name="url">Where Signing listens.</param>
/// <param name="token">Who asks.</param>
/// <param name="bodies">The requests, taken in turn.</param>
internal sealed class SigningLoad(Uri url, string token, IReadOnlyList<string> bodies)
{
    private const int Accepted = 202;

    private int _next;

    /// <summary>Each connection asks again as soon as it is answered.</summary>
    internal Task<LoadResult> RunAsync(int connections, TimeSpan duration, CancellationToken cancellationToken) =>
        Load.PressAsync(connections, duration, OpenAsync, cancellationToken);

    /// <summary>Requests fall due at an even rate.</summary>
    internal Task<LoadResult> RunAtAsync(
        int connections, TimeSpan duration, double perSecond, CancellationToken cancellationToken) =>
        Load.PaceAsync(connections, duration, perSecond, OpenAsync, cancellationToken);

    private Task<LoadConnection> OpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<LoadConnection>(new Connection(this, url, token));

    /// <summary>One connection: the client keeps it open, and opens no second one.</summary>
    private sealed class Connection : LoadConnection
    {
        private readonly SigningLoad _load;
        private readonly HttpClient _http;
        private readonly ApiClient _api;

        internal Connection(SigningLoad load, Uri url, string token)
        {
            _load = load;
            _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false })
            {
                BaseAddress = url,
            };
            _api = new ApiClient(_http, token);
        }

        public override void Dispose() => _http.Dispose();

        internal override async ValueTask SendAsync(CancellationToken cancellationToken)
        {
            int next = Interlocked.Increment(ref _load._next) % _load.Bodies.Count;
            ApiAnswer answer = await _api.PostAsync("/v1/transactions", _load.Bodies[next], cancellationToken);
            if (answer.Status != Accepted)
                throw new InvalidOperationException($"A request was answered {answer.Status} {answer.Code}.");
        }
    }

    private IReadOnlyList<string> Bodies { get; } = bodies;
}
