using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Souk.Platform.Http;
using Souk.Platform.Logging;
using Souk.Platform.Randomness;

namespace Souk.Platform.Hosting;

/// <summary>
/// Starts a function: settings, clients dialling, then the server; the order is what makes it start fast.
/// </summary>
public static partial class FunctionHost
{
    /// <summary>The port when <c>PORT</c> is not set (Knative's default).</summary>
    private const int PortDefault = 8080;

    /// <summary>EX_CONFIG of sysexits.h.</summary>
    private const int ExitSettingsWrong = 78;

    /// <summary>Runs one function as its own program until SIGTERM, or until its leash is let go.</summary>
    /// <returns>0 after a clean stop; 78 (EX_CONFIG) when the settings are wrong, each fault named.</returns>
    public static async Task<int> RunAsync<TFunction>(string[] args)
        where TFunction : IFunction
    {
        try
        {
            IConfiguration configuration = ReadConfiguration(args);
            await using WebApplication app = Build<TFunction>(configuration, TimeProvider.System, EntropySource.System);
            await RunAsync(app, [app]);
            return 0;
        }
        catch (OptionsValidationException exception)
        {
            foreach (string fault in exception.Failures)
                await Console.Error.WriteLineAsync(fault);
            return ExitSettingsWrong;
        }
    }

    /// <summary>
    /// Runs several functions in one process, each with its own host, port, database role and Vault token.
    /// </summary>
    public static async Task RunAsync(WebApplication leashed, IReadOnlyList<WebApplication> apps)
    {
        ArgumentNullException.ThrowIfNull(leashed);
        ArgumentNullException.ThrowIfNull(apps);
        foreach (WebApplication app in apps)
        {
            await app.StartAsync();
            ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(FunctionHost));
            Log.Listens(logger, app.Urls.First());
        }

        IHostApplicationLifetime lifetime = leashed.Lifetime;
        if (leashed.Services.GetRequiredService<FunctionOptions>().Leash)
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = StopWithLeashAsync(lifetime), null);
        await leashed.WaitForShutdownAsync();
        foreach (WebApplication app in apps.Where(app => app != leashed))
            await app.StopAsync();
    }

    /// <summary>
    /// Reads the settings file that <c>SETTINGS</c> names, then environment variables, then arguments.
    /// </summary>
    /// <exception cref="OptionsValidationException">The file is absent or is no JSON.</exception>
    public static IConfiguration ReadConfiguration(string[] args)
    {
        IConfiguration environment = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        ConfigurationBuilder builder = new();
        if (environment["SETTINGS"] is { Length: > 0 } path)
            builder.AddJsonFile(Path.GetFullPath(path), optional: false, reloadOnChange: false);
        try
        {
            return builder.AddConfiguration(environment).Build();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            string fault = $"SETTINGS: {environment["SETTINGS"]} is absent, unreadable or no JSON.";
            throw new OptionsValidationException("SETTINGS", typeof(IConfiguration), [fault]);
        }
    }

    /// <summary>Builds a function's host; its clients begin to dial before this returns.</summary>
    /// <exception cref="OptionsValidationException">The settings are wrong; every fault is named.</exception>
    public static WebApplication Build<TFunction>(
        IConfiguration configuration, TimeProvider clock, EntropySource entropy)
        where TFunction : IFunction
    {
        ArgumentNullException.ThrowIfNull(configuration);
#pragma warning disable CA2000 // The host owns the provider from here on.
        JsonLoggerProvider logs = new(TFunction.Name, clock, Console.OpenStandardOutput());
#pragma warning restore CA2000
        LoggerFactory loggers = new([logs]);
        FunctionBuilder function = new(TFunction.Name, configuration, clock, entropy, loggers);
        FunctionOptions options = function.Check(
            "Host",
            section => section.Get<FunctionOptions>() ?? new FunctionOptions(),
            new FunctionOptionsValidator()) ?? new FunctionOptions();
        IPEndPoint listen = ListenOn(function, options);
        function.Gather(() => TFunction.Configure(function));
        if (function.Faults.Count > 0)
            throw new OptionsValidationException("settings", typeof(FunctionBuilder), function.Faults);

        CancellationTokenSource stopping = new();
        function.BeginDialling(loggers.CreateLogger(typeof(FunctionHost)), stopping.Token);
        WebApplication app = BuildHost(function, options, listen);
        app.Lifetime.ApplicationStopping.Register(stopping.Cancel);

        RequestPipeline pipeline = new(
            options,
            clock,
            loggers.CreateLogger<RequestPipeline>(),
            firstAnswered: () => Telemetry.Telemetry.Start(configuration, TFunction.Name, app.Lifetime));
        pipeline.Use(app);
        TFunction.Map(app);
        return app;
    }

    private static IPEndPoint ListenOn(FunctionBuilder function, FunctionOptions options)
    {
        string? text = function.Configuration["PORT"];
        int port = PortDefault;
        if (text is not null && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port <= IPEndPoint.MaxPort))
        {
            function.Fault("PORT: it is no port number.");
        }

        if (!IPAddress.TryParse(options.Bind, out IPAddress? address))
            function.Fault("Host: Bind is no IP address.");
        return new IPEndPoint(address ?? IPAddress.Loopback, Math.Min(port, IPEndPoint.MaxPort));
    }

    private static WebApplication BuildHost(FunctionBuilder function, FunctionOptions options, IPEndPoint listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = function.Name,
            // Never the current directory: the framework would watch all of it.
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration.AddConfiguration(function.Configuration);
        foreach (ServiceDescriptor service in function.Services)
            builder.Services.Add(service);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(_ => function.Owned);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
        builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        builder.Services.Configure<JsonOptions>(json =>
        {
            StrictJson.Apply(json.SerializerOptions);
            json.SerializerOptions.TypeInfoResolverChain.Clear();
            foreach (System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver context in function.Json)
                json.SerializerOptions.TypeInfoResolverChain.Add(context);
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.BodyBytesMax;
            kestrel.Listen(listen);
        });
        WebApplication app = builder.Build();

        // The container closes what it has handed out.
        app.Services.GetRequiredService<OwnedClients>();
        return app;
    }

    /// <summary>
    /// A supervisor holds the other end of our standard input; when it closes, the supervisor is gone.
    /// </summary>
    private static async Task StopWithLeashAsync(IHostApplicationLifetime lifetime)
    {
        await using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[16];
        while (await input.ReadAsync(buffer) > 0)
            continue;
        lifetime.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Listens on {Address}.")]
        internal static partial void Listens(ILogger logger, string address);
    }
}
