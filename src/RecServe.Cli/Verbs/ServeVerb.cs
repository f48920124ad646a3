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
        var store = new Option<DirectoryInfo?>("--store")
        {
            Description = "Folder that keeps every embedding row of this node, in memory and on disk; updates outlive the process. Made if absent.",
            HelpName = "DIR",
        };
        var directIO = new Option<bool>("--store-direct-io") { Description = "Read and write the store past the system's page cache." };
        var redis = new Option<string?>("--redis")
        {
            Description = "Redis whose rows replicas share, HOST:PORT[,HOST:PORT…][,password=…]; a password is better kept in the environment variable RECSERVE_REDIS.",
            HelpName = "HOST:PORT",
        };
        var shadow = new Option<string?>("--shadow")
        {
            Description = "Version that scores a share of the live requests once more, beside the version of its lineage that answers; /metrics tells how far they are apart.",
            HelpName = "NAME@VERSION",
        };
        var kafka = new Option<string?>("--kafka") { Description = "Kafka whose messages update rows and features; without it updates come over HTTP alone.", HelpName = "HOST:PORT" };
        var rowsTopic = new Option<string>("--rows-topic") { Description = "Topic of row updates.", HelpName = "TOPIC", DefaultValueFactory = _ => new ServingOptions().RowsTopic };
        var experimentsTopic = new Option<string>("--experiments-topic")
        {
            Description = "Topic of experiments that are defined while the server runs.",
            HelpName = "TOPIC",
            DefaultValueFactory = _ => new ServingOptions().ExperimentsTopic,
        };
        var featuresTopic = new Option<string>("--features-topic") { Description = "Topic of feature rows.", HelpName = "TOPIC", DefaultValueFactory = _ => new ServingOptions().FeaturesTopic };
        var eventsTopic = new Option<string>("--events-topic") { Description = "Topic of events of users, which features are computed from.", HelpName = "TOPIC", DefaultValueFactory = _ => new ServingOptions().EventsTopic };
        var exposuresTopic = new Option<string>("--exposures-topic") { Description = "Topic of what each ranking returned; empty for none.", HelpName = "TOPIC", DefaultValueFactory = _ => new ServingOptions().ExposuresTopic };
        var quarantineTopic = new Option<string>("--quarantine-topic")
        {
            Description = "Topic of updates that were refused.",
            HelpName = "TOPIC",
            DefaultValueFactory = _ => new ServingOptions().QuarantineTopic,
        };
        var quarantine = new Option<FileInfo?>("--quarantine-file") { Description = "File of updates that were refused, in place of the topic.", HelpName = "FILE" };
        var plain = new Option<bool>("--plain-scoring") { Description = "Score every candidate as a row of its own that carries its user: slower, to measure the plans against." };
        var verb = new Verb(
            "serve",
            "Ranks candidates over HTTP with the models of a folder, until Ctrl-C or SIGTERM.",
            "recserve serve --models models",
            "recserve serve --models models --store rows --hot-memory-mb 500 --redis 127.0.0.1:6379",
            "recserve serve --models models --urls http://0.0.0.0:9000 --experiments experiments.json --max-candidates 1000")
        {
            models, urls, defaultModel, experiments, exposures, store, directIO, redis, kafka, rowsTopic, experimentsTopic, featuresTopic, eventsTopic, exposuresTopic, quarantineTopic, quarantine, shadow, plain,
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
                StoreDirectory = parsed.GetValue(store)?.FullName,
                Shadow = parsed.GetValue(shadow),
                StoreDirectIO = parsed.GetValue(directIO),
                PlainScoring = parsed.GetValue(plain),
                Kafka = parsed.GetValue(kafka),
                RowsTopic = parsed.GetRequiredValue(rowsTopic),
                ExperimentsTopic = parsed.GetRequiredValue(experimentsTopic),
                FeaturesTopic = parsed.GetRequiredValue(featuresTopic),
                EventsTopic = parsed.GetRequiredValue(eventsTopic),
                ExposuresTopic = parsed.GetRequiredValue(exposuresTopic),
                QuarantineTopic = parsed.GetRequiredValue(quarantineTopic),
                QuarantineFile = parsed.GetValue(quarantine)?.FullName,
                Redis = parsed.GetValue(redis) ?? Environment.GetEnvironmentVariable("RECSERVE_REDIS"),
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
