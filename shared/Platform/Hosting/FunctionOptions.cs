using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Souk.Platform.Configuration;

namespace Souk.Platform.Hosting;

/// <summary>How a function is hosted.</summary>
public sealed class FunctionOptions
{
    /// <summary>The address to listen on; an IP address.</summary>
    /// <value>The default is 0.0.0.0: in a cluster the network policy decides who reaches it.</value>
    [Required]
    public string Bind { get; set; } = "0.0.0.0";

    /// <summary>Whether the function ends when its standard input closes, as a supervisor's child does.</summary>
    /// <value>The default is false.</value>
    public bool Leash { get; set; }

    /// <summary>How long requests in flight may go on after SIGTERM.</summary>
    /// <value>The default is 8 seconds; Knative sends the signal only once its proxy has drained.</value>
    [Duration("00:00:01", "00:01:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a request may take before it is refused.</summary>
    /// <value>
    /// The default is 25 seconds: under every service's timeoutSeconds, over the 20 seconds a drain takes.
    /// </value>
    [Duration("00:00:01", "00:05:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The largest body an endpoint takes that says nothing of its own.</summary>
    /// <value>The default is 65536 bytes.</value>
    [Range(1024, 16 * 1024 * 1024)]
    public long BodyBytesMax { get; set; } = 64 * 1024;

    /// <summary>The header in which the edge says who is calling; it must overwrite what the caller sent.</summary>
    /// <value>The default is null: the connection's own address, right only where nothing stands in between.</value>
    public string? ClientAddressHeader { get; set; }
}

/// <summary>Checks <see cref="FunctionOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class FunctionOptionsValidator : IValidateOptions<FunctionOptions>;

/// <summary>What a token must say to be for this installation.</summary>
public sealed class SiteOptions
{
    /// <summary>
    /// The authority people see, such as <c>market.example</c>; Sign-In with Ethereum messages name it.
    /// </summary>
    [Required]
    public string Domain { get; set; } = "";

    /// <summary>The address people open, such as <c>https://market.example</c>.</summary>
    [Required]
    [AbsoluteUrl]
    public Uri? Uri { get; set; }

    /// <summary>The access tokens' issuer.</summary>
    [Required]
    public string Issuer { get; set; } = "";

    /// <summary>The audience of users' tokens.</summary>
    /// <value>The default is <c>souk</c>.</value>
    [Required]
    public string UserAudience { get; set; } = "souk";

    /// <summary>The audience of administrators' tokens.</summary>
    /// <value>The default is <c>souk-admin</c>.</value>
    [Required]
    public string AdminAudience { get; set; } = "souk-admin";
}

/// <summary>Checks <see cref="SiteOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class SiteOptionsValidator : IValidateOptions<SiteOptions>;
