using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Souk.Domain.Failures;

namespace Souk.Platform.Http;

/// <summary>Reads a request's whole body, within a time: who sends it drop by drop must not hold us up.</summary>
public static class RequestBody
{
    /// <summary>The body's octets; its size is bounded by the endpoint's own limit.</summary>
    /// <param name="request">The request.</param>
    /// <param name="longest">How long it may take from here on.</param>
    /// <param name="clock">What that is measured by.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FailureException"><c>request_timeout</c>: it did not arrive in time.</exception>
    /// <exception cref="BadHttpRequestException">It is too large, or ended before its announced length.</exception>
    public static async Task<byte[]> ReadAsync(
        HttpRequest request, TimeSpan longest, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        PipeReader reader = request.BodyReader;

        // A small body has arrived with its headers: then there is nothing to wait for, nor a timer to set.
        if (reader.TryRead(out ReadResult read) && read.IsCompleted)
            return Take(reader, read);
        if (!read.Buffer.IsEmpty)
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);

        using CancellationTokenSource deadline = new(longest, clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (true)
            {
                read = await reader.ReadAsync(either.Token);
                if (read.IsCompleted)
                    return Take(reader, read);
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (OperationCanceledException)
            when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new FailureException(FailureCode.RequestTimeout, "The body did not arrive in time.");
        }
    }

    private static byte[] Take(PipeReader reader, ReadResult read)
    {
        byte[] body = read.Buffer.ToArray();
        reader.AdvanceTo(read.Buffer.End);
        return body;
    }
}
