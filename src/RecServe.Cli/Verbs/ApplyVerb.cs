using System.CommandLine;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Cli.Updates;
using RecServe.Embeddings;
using RecServe.FeatureStore;
using RecServe.Ranking;
using RecServe.Stream;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve apply</c>: feeds a file of updates, of rows or of features, to the store of a server that does not run.</summary>
internal static class ApplyVerb
{
    internal static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "Updates: JSON, one object a line, or delimited protobuf (docs/formats/update-messages.md)." };
        var models = new Option<DirectoryInfo>("--models") { Description = "Folder of model packages, laid out as DIR/name/version.", HelpName = "DIR", Required = true };
        var store = new Option<DirectoryInfo>("--store") { Description = "The server's store; the server must not run.", HelpName = "DIR", Required = true };
        var quarantine = new Option<FileInfo?>("--quarantine-file") { Description = "File that takes what is refused; it is counted alone without one.", HelpName = "FILE" };
        var features = new Option<bool>("--features") { Description = "The file holds feature rows of users, items and contexts." };
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("apply", "Apply a file of row updates, or of feature rows, to the store of a server that does not run, by the way that all updates come. What was applied before is not read again.",
            "recserve apply updates.jsonl --models models --store rows",
            "recserve apply features.jsonl --features --models models --store rows")
        {
            file, models, store, quarantine, features, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            UpdateSnapshot result = Run(parsed.GetRequiredValue(file).FullName, parsed.GetRequiredValue(models).FullName, parsed.GetRequiredValue(store).FullName, parsed.GetValue(quarantine)?.FullName,
                parsed.GetValue(features), cancellation);
            Write(result, parsed.GetValue(json), parsed.InvocationConfiguration.Output);
            return Task.FromResult(result.Quarantined == 0 ? ExitCode.Ok : ExitCode.Failed);
        });
        return verb;
    }

    private static UpdateSnapshot Run(string file, string models, string directory, string? quarantineFile, bool features, CancellationToken cancellation)
    {
        if (!File.Exists(file))
            throw new UsageException($"there is no file {file}");
        ModelPackage[] packages = [.. PackageFolder.Read(models)];
        using RowStore store = RowStore.Open(new RowStoreOptions { Directory = directory });
        var limits = new UpdateLimits();
        using IQuarantine quarantine = quarantineFile is null ? new MemoryQuarantine() : new FileQuarantine(quarantineFile);
        using var consumer = new UpdateConsumer(new FileSource(file, limits.MessageBytes), features ? Features(packages, store, limits) : Rows(packages, store, limits), quarantine,
            store.Offsets, new UpdateConsumerOptions { Limits = limits }, TimeProvider.System);
        consumer.Start();
        while (!consumer.IsEnded && consumer.Measure().State is not "failed")
            cancellation.WaitHandle.WaitOne(20);
        consumer.Drain();
        UpdateCheckpoint.Take(store, [consumer], quarantine);
        cancellation.ThrowIfCancellationRequested();
        UpdateSnapshot result = consumer.Measure();
        return result.State == "failed" ? throw new InvalidOperationException(result.Trouble) : result;
    }

    private static RowUpdates Rows(ModelPackage[] packages, RowStore store, UpdateLimits limits)
    {
        var loader = new TableLoader(new RowTiers { Store = store }, new TableLoaderOptions());
        var tables = new List<(string, EmbeddingTable)>();
        foreach (ModelPackage package in packages)
        {
            EmbeddingTableSet set = loader.Load(package.Lineage, package.Tables);
            tables.AddRange(Enumerable.Range(0, set.Count).Select(field => (package.Lineage, set[field])));
        }

        return new RowUpdates(new TableDirectory(tables), new UpdateFirewall(new FirewallOptions(), TimeProvider.System), limits);
    }

    private static FeatureUpdates Features(ModelPackage[] packages, RowStore store, UpdateLimits limits)
    {
        var schema = new FeatureSchema(packages.Select(PackageEncoders.Schema));
        return new FeatureUpdates(new DurableFeatureStore(store, new DurableFeatureStoreOptions { HotBytes = 0 }), () => schema, new FirewallOptions(), limits);
    }

    private static void Write(UpdateSnapshot result, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                messages = result.Messages,
                applied = result.Applied,
                stale = result.Stale,
                quarantined = result.Quarantined,
                refused = result.Refused.ToDictionary(reason => RefusalReasons.Of(reason.Key), reason => reason.Value),
            }));
            return;
        }

        output.WriteLine($"{result.Messages:N0} messages: {result.Applied:N0} rows applied, {result.Stale:N0} not newer than what was there");
        foreach ((RefusalReason reason, long count) in result.Refused)
            output.WriteLine($"refused, {RefusalReasons.Of(reason)}: {count:N0}");
    }
}
