using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Souk.Local.Broker;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.Broker;

/// <summary>Takes events as a function does, and remembers them.</summary>
internal sealed class FakeSubscriber : StandInServer
{
    private readonly ConcurrentQueue<CloudEventMessage> _events = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private string? _nextBody;

    public IReadOnlyCollection<CloudEventMessage> Events => _events;

    public void NextBody(string body) => _nextBody = body;

    public async Task WaitForAsync(int count, CancellationToken cancellationToken)
    {
        for (int number = 0; number < count; number++) await _arrived.WaitAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _arrived.Dispose();
    }

    protected override Task WriteErrorAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    protected override void Map(IEndpointRouteBuilder routes) => routes.MapPost("/{path}", TakeAsync);

    private async Task TakeAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        _events.Enqueue(CloudEventMessage.Read(
            context.Request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString())),
            context.Request.ContentType,
            body.ToArray()));
        _arrived.Release();
        if (Interlocked.Exchange(ref _nextBody, null) is { } answer) await context.Response.WriteAsync(answer);
        else context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
