using System.Diagnostics;
using Souk.Local.Servers;

namespace Souk.Local.Tests.Servers;

public sealed class LeashedProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_the_id_of_the_program_itself_and_its_exit_code()
    {
        await using LeashedProcess process = await StartAsync("echo mine $$; exit 7");

        string line = await process.WaitForLineAsync(line => line.StartsWith("mine", StringComparison.Ordinal), Token);

        Assert.Equal($"mine {process.ProcessId}", line);
        Assert.Equal(7, await process.Completion.WaitAsync(Token));
    }

    [Fact]
    public async Task Passes_arguments_environment_and_folder_unchanged()
    {
        LeashedCommand command = new("/bin/sh", ["-c", "echo \"$1|$SOUK_WORD|$PWD\"", "sh", "a b; $(exit)"])
        {
            Environment = new Dictionary<string, string?> { ["SOUK_WORD"] = "x y" },
            WorkingDirectory = "/",
        };

        await using LeashedProcess process = await LeashedProcess.StartAsync(command, Token);

        await process.WaitForLineAsync(line => line == "a b; $(exit)|x y|/", Token);
    }

    [Fact]
    public async Task Stopping_asks_before_it_kills()
    {
        await using LeashedProcess process =
            await StartAsync("trap 'exit 4' TERM; echo up; while :; do sleep 0.05; done");
        await process.WaitForLineAsync(line => line == "up", Token);

        await process.StopAsync(Token);

        Assert.Equal(4, await process.Completion);
    }

    [Fact]
    public async Task Kills_a_program_that_does_not_stop_within_its_grace()
    {
        LeashedCommand command = new("/bin/sh", ["-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"])
        {
            StopGrace = TimeSpan.FromSeconds(0.2),
        };
        await using LeashedProcess process = await LeashedProcess.StartAsync(command, Token);
        await process.WaitForLineAsync(line => line == "up", Token);

        await process.StopAsync(Token);

        Assert.Equal(128 + 9, await process.Completion);
    }

    [Fact]
    public async Task A_killed_program_is_gone_when_the_call_returns()
    {
        await using LeashedProcess process = await StartAsync("exec sleep 600");

        await process.KillAsync(Token);

        Assert.Equal(128 + 9, await process.Completion);
        Assert.False(Directory.Exists($"/proc/{process.ProcessId}"));
    }

    [Fact]
    public async Task Says_what_a_program_printed_that_ended_before_it_was_ready()
    {
        await using LeashedProcess process = await StartAsync("echo no room >&2; exit 1");

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => process.WaitForLineAsync(line => line == "ready", Token));

        Assert.Contains("exit code 1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no room", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_dies_with_a_supervisor_that_was_killed()
    {
        // The supervisor here is the process that holds the writing end, and it is killed as nothing can catch.
        const string script = "sh -c 'echo writer $$ >&2; exec sleep 600' | sh -c \"$1\" leash TERM 50 sleep 601";
        LeashedCommand command = new("/bin/sh", ["-c", script, "sh", LeashedProcess.Leash]);
        await using LeashedProcess both = await LeashedProcess.StartAsync(command, Token);
        string writer = await both.WaitForLineAsync(IsWriter, Token);
        string child = await both.WaitForLineAsync(line => int.TryParse(line, null, out _), Token);
        Assert.True(Directory.Exists($"/proc/{child}"));

        using Process supervisor = Process.GetProcessById(int.Parse(writer["writer ".Length..], null));
        supervisor.Kill();
        await both.Completion.WaitAsync(Token);

        Assert.False(Directory.Exists($"/proc/{child}"));
    }

    private static bool IsWriter(string line) => line.StartsWith("writer ", StringComparison.Ordinal);

    private static Task<LeashedProcess> StartAsync(string script) =>
        LeashedProcess.StartAsync(new LeashedCommand("/bin/sh", ["-c", script]), Token);
}
