using System.CommandLine;
using RecServe.Cli.Demo;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve demo</c>: everything at once, with made-up data and no downloads.</summary>
internal static class DemoVerb
{
    internal static Command Create()
    {
        var defaults = new DemoOptions();
        var check = new Option<bool>("--check") { Description = "Do everything once, check the outcome, print one ranked answer and end (exit code 0 or 1)." };
        var port = new Option<int?>("--port") { Description = $"Port on 127.0.0.1, 0 for a free one; default {defaults.Port}, with --check a free one." };
        var rankings = new Option<int>("--rankings") { Description = "Rankings that the simulated shoppers ask for, 1 to 1,000,000.", DefaultValueFactory = _ => defaults.Rankings };
        var kafka = new Option<string?>("--kafka") { Description = "Kafka that row updates go through; the server's own memory without it.", HelpName = "HOST:PORT" };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > 65_535)
                result.AddError("--port: 0 to 65535");
        });
        rankings.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000)
                result.AddError("--rankings: 1 to 1000000");
        });

        var verb = new Verb("demo", "Generate a market, train two models, serve them in an experiment and show what happens. Offline, about a minute.",
            "recserve demo", "recserve demo --check") { check, port, rankings, kafka };
        verb.SetAction(async (parsed, cancel) =>
        {
            bool checks = parsed.GetValue(check);
            var options = new DemoOptions
            {
                Check = checks,
                Port = parsed.GetValue(port) ?? (checks ? 0 : ServerAddress.EnvironmentPort ?? defaults.Port),
                Rankings = parsed.GetValue(rankings),
                Kafka = parsed.GetValue(kafka),
            };
            var run = new DemoRun(options, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return await run.RunAsync(cancel).ConfigureAwait(false) ? ExitCode.Ok : ExitCode.Failed;
        });
        return verb;
    }
}
