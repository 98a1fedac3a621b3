using System.Text;
using Microsoft.AspNetCore.Http;

namespace Souk.Platform.Tests.CloudEvents;

/// <summary>A request as a sender of events makes it.</summary>
internal static class CloudEventRequest
{
    public static HttpRequest Of(string? mediaType, string body, params (string Name, string Value)[] headers)
    {
        DefaultHttpContext context = new();
        context.Request.Method = "POST";
        context.Request.ContentType = mediaType;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        foreach ((string name, string value) in headers)
            context.Request.Headers.Append(name, value);
        return context.Request;
    }
}
