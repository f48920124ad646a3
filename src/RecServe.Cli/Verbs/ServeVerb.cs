using System.CommandLine;
using Microsoft.Extensions.Hosting;
using RecServe.Api;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve serve</c>: ranks over HTTP until it is told to stop.</summary>
internal static class ServeVerb
{
    internal static Command Create()
    {
        var models = new Option<DirectoryInfo>("--models")
        {
            Description = "Folder of model packages, laid out as DIR/name/version.",
            HelpName = "DIR",
            Required = true,
        };
        var urls = ServerAddress.Option();
        var defaultModel = new Option<string?>("--default-model")
        {
            Description = "Model of POST /v1/rank; without it the only one, or the first by name.",
            HelpName = "NAME",
        };
        var experiments = new Option<FileInfo?>("--experiments") { Description = "Experiments in GrowthBook's feature JSON.", HelpName = "FILE" };
        var exposures = new Option<FileInfo?>("--exposures")
        {
            Description = "File to which a JSON line is appended for every ranking that is part of an experiment.",
            HelpName = "FILE",
        };
        var verb = new Verb(
            "serve",
            "Ranks candidates over HTTP with the models of a folder, until Ctrl-C or SIGTERM.",
            "recserve serve --models models",
            "recserve serve --models models --urls http://0.0.0.0:9000 --experiments experiments.json --max-candidates 1000")
        {
            models, urls, defaultModel, experiments, exposures,
        };
        var limits = ServingLimits.AddTo(verb);
        verb.SetAction((parsed, cancellation) => ServeAsync(
            limits.Read(parsed, new ServingOptions
            {
                ModelsDirectory = parsed.GetRequiredValue(models).FullName,
                Urls = parsed.GetRequiredValue(urls),
                DefaultModel = parsed.GetValue(defaultModel),
                ExperimentsFile = parsed.GetValue(experiments)?.FullName,
                ExposureFile = parsed.GetValue(exposures)?.FullName,
            }),
            parsed.InvocationConfiguration.Error,
            cancellation));
        return verb;
    }

    private static async Task<int> ServeAsync(ServingOptions options, TextWriter error, CancellationToken cancellation)
    {
        var app = ServingHost.Build(options);
        await using (app.ConfigureAwait(false))
        {
            await ServingHost.StartAsync(app, cancellation).ConfigureAwait(false);
            await error.WriteLineAsync($"Serving {options.ModelsDirectory} on {string.Join(", ", app.Urls)}; Ctrl-C ends it.").ConfigureAwait(false);
            await app.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }
}
