using System.Globalization;
using System.Text;
using Souk.Local.Outside;

namespace Souk.Local.Supervision;

/// <summary>What a person reads once the platform is up: where everything is and what to try.</summary>
internal static class Welcome
{
    /// <summary>The text.</summary>
    public static string Text(LocalPlatform platform, Uri control)
    {
        StringBuilder text = new();
        text.AppendLine().AppendLine("Functions");
        foreach (string function in platform.Functions.Functions)
            Line(text, function, platform.Functions.UrlOf(function).ToString());
        text.AppendLine().AppendLine("Chains");
        foreach (WorldChain chain in platform.World.Chains)
        {
            Line(text, $"{chain.Plan.Name} ({chain.Plan.Id})", chain.Node.RpcUrl.ToString());
            Line(text, "  Seaport", chain.Contracts.Seaport.ToString());
            Line(text, "  zone", chain.Contracts.Zone.ToString());
            Line(text, "  collection", chain.Contracts.Collection.ToString());
        }

        World world = platform.World;
        text.AppendLine().AppendLine("Outside world");
        Line(text, "PostgreSQL", world.Database.Server.AdminConnectionString(WorldDatabase.Name));
        Line(text, "Redis", world.Redis.Endpoint);
        Line(text, "Vault", world.Vault.Url.ToString());
        Line(text, "Firebase", world.Firebase.Url.ToString());
        Line(text, "MetaKeep", world.MetaKeep.Url.ToString());
        Line(text, "Alchemy", world.Alchemy.Url.ToString());
        Line(text, "Broker", world.Broker.EventsUrl.ToString());
        Line(text, "Control", control.ToString());
        Line(text, "Settings", world.SettingsPath);
        Line(text, "Logs", platform.Functions.LogFolder);
        string auth = platform.Functions.UrlOf("auth").ToString();
        text.AppendLine(CultureInfo.InvariantCulture, $$"""

            Sign in as Ada:
              token=$(curl -s -X POST '{{control}}control/id-tokens?uid=ada&email=ada@example.com')
              curl -s {{auth}}v1/sessions -H 'Content-Type: application/json' -d "{\"idToken\":\"$token\"}"
            Fire a schedule, mine a block, kill a function:
              curl -X POST {{control}}control/schedules/reconcile
              curl -X POST '{{control}}control/chains/1/mine?blocks=1'
              curl -X POST {{control}}control/functions/signing/kill

            Ctrl-C ends all of it.
            """);
        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, string value) =>
        text.AppendLine(CultureInfo.InvariantCulture, $"  {name,-16} {value}");
}
