using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Souk.Local.Servers;

/// <summary>A server certificate for loopback, made for one run, that is its own root.</summary>
internal static class PostgresCertificate
{
    /// <summary>Writes <c>server.crt</c> and <c>server.key</c> and answers the certificate's path.</summary>
    public static string Write(string folder)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(30));

        string path = Path.Combine(folder, "server.crt");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        string keyPath = Path.Combine(folder, "server.key");
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
