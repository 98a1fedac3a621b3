using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Souk.Local.StandIns;

namespace Souk.Harness;

/// <summary>Stands for the functions that are not under test: takes every event.</summary>
internal sealed class EventSink : StandInServer
{
    protected override Task WriteErrorAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    protected override void Map(IEndpointRouteBuilder routes) => routes.MapPost("/{**path}", context =>
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    });
}
