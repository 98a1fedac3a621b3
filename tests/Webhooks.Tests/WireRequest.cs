using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Souk.Webhooks.Tests;

/// <summary>A request written by hand, octet by octet, as no well-behaved client would.</summary>
internal static class WireRequest
{
    /// <summary>Sends the octets, hangs up that half of the connection if told to, and reads the answer.</summary>
    internal static async Task<string> SendAsync(
        Uri server, string request, bool endsSending, CancellationToken cancellationToken)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        if (endsSending) socket.Shutdown(SocketShutdown.Send);

        StringBuilder answer = new();
        byte[] buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await socket.ReceiveAsync(buffer, cancellationToken)) > 0)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
                if (answer.ToString().Contains("\r\n0\r\n\r\n", StringComparison.Ordinal)) break;
            }
        }
        catch (SocketException)
        {
            // The server hung up on us.
        }

        return answer.ToString();
    }

    /// <summary>The code of the problem that was answered.</summary>
    internal static string CodeIn(string answer)
    {
        using JsonDocument problem = JsonDocument.Parse(answer[answer.IndexOf('{')..(answer.LastIndexOf('}') + 1)]);
        return problem.RootElement.GetProperty("code").GetString()!;
    }

    /// <summary>The head of a POST of JSON with these further headers.</summary>
    internal static string Head(string path, params string[] headers) =>
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + string.Concat(headers.Select(header => $"{header}\r\n")) + "\r\n";
}
