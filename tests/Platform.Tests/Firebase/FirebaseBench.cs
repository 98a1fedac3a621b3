using Microsoft.Extensions.Time.Testing;
using Souk.Local.StandIns;
using Souk.Platform.Firebase;
using Souk.Platform.Http;

namespace Souk.Platform.Tests.Firebase;

/// <summary>A Firebase stand-in, a clock, and verifiers and clients of it.</summary>
internal sealed class FirebaseBench : IAsyncDisposable
{
    private readonly List<IDisposable> _owned = [];

    private FirebaseBench() => StandIn = new FirebaseStandIn(Clock);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 9, 1, 12, 0, 0, TimeSpan.Zero));

    public FirebaseStandIn StandIn { get; }

    public static async Task<FirebaseBench> StartAsync()
    {
        FirebaseBench bench = new();
        await bench.StandIn.StartAsync(TestContext.Current.CancellationToken);
        return bench;
    }

    public FirebaseOptions Options() => new()
    {
        ProjectId = StandIn.ProjectId,
        KeysUrl = StandIn.KeysUrl,
        IdentityUrl = StandIn.IdentityUrl,
        TokenUrl = StandIn.TokenUrl,
    };

    public FirebaseTokenVerifier NewVerifier(FirebaseOptions? options = null, FirebaseKeyCache? cache = null)
    {
        FirebaseOptions used = options ?? Options();
        return Own(new FirebaseTokenVerifier(used, NewHttp(used.KeysUrl), Clock, cache));
    }

    public FirebaseClient NewClient(FirebaseOptions? options = null, Func<string>? serviceAccount = null)
    {
        FirebaseOptions used = options ?? Options();
        string json = StandIn.ServiceAccountJson;
        return Own(new FirebaseClient(
            used, NewHttp(used.IdentityUrl), _ => Task.FromResult(serviceAccount?.Invoke() ?? json), Clock));
    }

    /// <summary>How many calls ended on this path.</summary>
    public int CallsTo(string path) =>
        StandIn.Calls.Count(call => call.Path.EndsWith(path, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        _owned.ForEach(one => one.Dispose());
        await StandIn.DisposeAsync();
    }

    // Leases follow the bench's clock; retries wait in real, short time.
    private static OutboundHttp NewHttp(Uri? url) =>
        new(FirebaseRegistration.PolicyOf("firebase", url), TimeProvider.System);

    private T Own<T>(T one)
        where T : IDisposable
    {
        _owned.Add(one);
        return one;
    }
}

/// <summary>A bench for each test.</summary>
public abstract class FirebaseTests : IAsyncLifetime
{
    private FirebaseBench? _bench;

    internal FirebaseBench Bench => _bench!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await FirebaseBench.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
