using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Garnet;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Souk.Local.Servers;

/// <summary>A private RESP server (Garnet, in this process) on loopback, with a user and password a function.</summary>
/// <remarks>
/// Nobody gets in without a password: the default user is off. It keeps nothing on disk, so stopping it loses all it
/// holds, which is what Souk must bear. Garnet has no streams and no key-space notifications; Souk uses neither.
/// </remarks>
public sealed class RespServer : IDisposable
{
    private const string UserRules = "+@all -@admin";

    private readonly PrivateFolder _folder = PrivateFolder.Create();
    private readonly FreePort _port = FreePort.Take();
    private readonly Dictionary<string, string> _passwords;
    private GarnetServer? _server;

    private RespServer(IEnumerable<string> users) => _passwords = users.ToDictionary(
        user => user, _ => RandomNumberGenerator.GetHexString(32, lowercase: true));

    /// <summary>Where it listens, as <c>host:port</c>.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port.Number}");

    /// <summary>Starts a server that knows these users; half a second.</summary>
    public static RespServer Start(params IEnumerable<string> users)
    {
        RespServer server = new(users);
        try
        {
            server.Start();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>The password of a user it was started with.</summary>
    public string Password(string user) => _passwords[user];

    /// <summary>Starts it again, empty, on the same port and with the same passwords.</summary>
    public void Start()
    {
        string rules = Path.Combine(_folder.FullPath, "users.acl");
        File.WriteAllLines(rules, ["user default off resetpass", .. _passwords.Select(Rule)]);
        GarnetJson.Allow();

        // Built from options: Garnet reads a command line with reflection-based JSON, which is off here.
        GarnetServerOptions options = new()
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, _port.Number)],
            AuthSettings = new AclAuthenticationPasswordSettings(rules, null),
            LogMemorySize = "64m",
            IndexMemorySize = "1m",
            CheckpointDir = _folder.FullPath,
            EnableLua = true,
            LuaOptions = new LuaOptions(),
            QuietMode = true,
        };
        _server = new GarnetServer(options, NullLoggerFactory.Instance);
        _server.Start();
    }

    /// <summary>Stops it, as an outage would; what it held is gone.</summary>
    public void Stop()
    {
        _server?.Dispose();
        _server = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _port.Dispose();
        _folder.Dispose();
    }

    private static string Rule(KeyValuePair<string, string> user) =>
        $"user {user.Key} on #{Hash(user.Value)} {UserRules}";

    private static string Hash(string password) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)));
}
