using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Souk.Local.Servers;

/// <summary>A loopback TCP port that no other copy of the supervisor or the tests will pick while it is held.</summary>
/// <remarks>
/// For servers that cannot bind port 0 and tell what they got. Ports come from below the kernel's ephemeral range
/// (32768 on Linux), so no outgoing connection takes one between the choice and the server's bind. A lock on a file
/// per port keeps two copies apart; the kernel drops it when this process ends, however it ends.
/// </remarks>
public sealed class FreePort : IDisposable
{
    private const int First = 20_000;
    private const int Last = 31_999;
    private const int AttemptsMax = 200;

    private readonly FileStream _heldFile;

    private FreePort(int number, FileStream heldFile)
    {
        Number = number;
        _heldFile = heldFile;
    }

    /// <summary>The port.</summary>
    public int Number { get; }

    /// <summary>Takes a port at random.</summary>
    /// <exception cref="InvalidOperationException">None of 200 ports tried was free.</exception>
    public static FreePort Take()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"souk-ports-{Environment.UserName}");
        Directory.CreateDirectory(folder);
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            int number = Random.Shared.Next(First, Last + 1);
            FreePort? port = TryHold(folder, number);
            if (port is not null && CanBind(number)) return port;
            port?.Dispose();
        }

        throw new InvalidOperationException($"No free port between {First} and {Last}.");
    }

    /// <summary>Gives the port back. Stop its server first.</summary>
    public void Dispose() => _heldFile.Dispose();

    // The file stays: deleting it would let two processes hold locks on two files of the same name.
    private static FreePort? TryHold(string folder, int number)
    {
        try
        {
            string path = Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));
            return new FreePort(number, new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool CanBind(int number)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, number));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
