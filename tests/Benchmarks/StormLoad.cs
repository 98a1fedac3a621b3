using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Souk.Benchmarks;

/// <summary>Sends signed deliveries over loopback, each with an id of its own, on so many connections.</summary>
/// <remarks>
/// It shares the machine with what it measures, so it does as little as can be: one buffer a connection, in which the
/// id and the signature are written anew. Anything but 200 ends the run.
/// </remarks>
internal sealed class StormLoad(int port, string path, string webhookId, string key)
{
    private const string IdMark = "whevt_00000000000000000000000000000000";
    private const int IdDigits = 16;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);
    private readonly byte[] _body = Body(webhookId);
    private long _ids = RandomNumberGenerator.GetInt32(int.MaxValue) * 1_000_000_000L;

    /// <summary>The size of a delivery, in bytes.</summary>
    internal int BodyBytes => _body.Length;

    /// <summary>Each connection sends the next delivery as soon as the last is answered.</summary>
    internal Task<LoadResult> RunAsync(int connections, TimeSpan duration, CancellationToken cancellationToken) =>
        Load.PressAsync(connections, duration, OpenAsync, cancellationToken);

    /// <summary>Deliveries fall due at an even rate; each is timed from when it was due, not sent.</summary>
    internal Task<LoadResult> RunAtAsync(
        int connections, TimeSpan duration, double perSecond, CancellationToken cancellationToken) =>
        Load.PaceAsync(connections, duration, perSecond, OpenAsync, cancellationToken);

    private async Task<LoadConnection> OpenAsync(CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new Connection(this, socket, path);
    }

    /// <summary>A token's transfer as Alchemy tells it, of the size that its documentation shows.</summary>
    private static byte[] Body(string webhookId) => Encoding.UTF8.GetBytes(
        $$$"""
        {"webhookId":"{{{webhookId}}}","id":"{{{IdMark}}}","createdAt":"2026-06-01T12:00:00.411977228Z",
        "type":"NFT_ACTIVITY","event":{"network":"ETH_MAINNET","activity":[{"blockNum":"0xdf34a3",
        "hash":"0x{{{new string('a', 64)}}}","fromAddress":"0x{{{new string('1', 40)}}}",
        "toAddress":"0x{{{new string('2', 40)}}}","contractAddress":"0x{{{new string('3', 40)}}}",
        "erc721TokenId":"0x1eeb","category":"erc721","log":{"address":"0x{{{new string('3', 40)}}}",
        "topics":["0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"],"data":"0x",
        "blockNumber":"0xdf34a3","transactionHash":"0x{{{new string('a', 64)}}}","transactionIndex":"0x1",
        "blockHash":"0x{{{new string('b', 64)}}}","logIndex":"0x2","removed":false}}]}}
        """);

    /// <summary>One connection with the one request that it sends again and again.</summary>
    private sealed class Connection : LoadConnection
    {
        private readonly StormLoad _load;
        private readonly Socket _socket;
        private readonly byte[] _request;
        private readonly byte[] _answer = new byte[4096];
        private readonly int _signatureAt;
        private readonly int _bodyAt;
        private readonly int _idAt;

        internal Connection(StormLoad load, Socket socket, string path)
        {
            _load = load;
            _socket = socket;
            byte[] body = load._body;
            string head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {body.Length}\r\nX-Alchemy-Signature: ";
            _signatureAt = head.Length;
            _request = [.. Encoding.ASCII.GetBytes($"{head}{new string('0', 64)}\r\n\r\n"), .. body];
            _bodyAt = _request.Length - body.Length;
            _idAt = _request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(IdMark)) + IdMark.Length - IdDigits;
        }

        public override void Dispose() => _socket.Dispose();

        internal override async ValueTask SendAsync(CancellationToken cancellationToken)
        {
            Sign(Interlocked.Increment(ref _load._ids));
            await _socket.SendAsync(_request, cancellationToken);
            int read = await _socket.ReceiveAsync(_answer, cancellationToken);

            // An answer without a body comes in one piece.
            if (!_answer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8))
                throw new InvalidOperationException(Encoding.ASCII.GetString(_answer, 0, read));
        }

        private void Sign(long id)
        {
            Utf8Formatter.TryFormat(id, _request.AsSpan(_idAt, IdDigits), out _, new('D', IdDigits));
            Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(_load._key, _request.AsSpan(_bodyAt), hash);
            Convert.TryToHexStringLower(hash, _request.AsSpan(_signatureAt, 2 * hash.Length), out _);
        }
    }
}
