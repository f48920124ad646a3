using System.CommandLine;
using RecServe.Artifacts;
using RecServe.Cli.Inspect;
using RecServe.Cli.Terminal;
using RecServe.Training.Data;
using RecServe.Training.Data.Inspection;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve inspect</c>: what a data file or a package holds.</summary>
internal static class InspectVerb
{
    internal static Command Create() =>
        new Verb("inspect", "Look into a data file (and propose a schema for it), or into a package.",
            "recserve inspect data clicks.csv --out schema.json", "recserve inspect package models/clicks/1",
            "recserve inspect tables models/clicks/1")
        {
            CreateData(),
            CreatePackage(),
            CreateTables(),
        };

    private static Verb CreateData()
    {
        var file = new Argument<string>("file") { Description = "Delimited text, gzip too." };
        var target = new Option<string?>("--out") { Description = "Write the schema to this file instead of standard output; it must not exist yet." };
        var json = JsonOption();
        var verb = new Verb("data",
            $"Propose a schema from the first {SchemaProposal.SampledRows:N0} rows. Statistics and warnings go to standard error, the schema to standard output.",
            "recserve inspect data clicks.csv > schema.json", "recserve inspect data clicks.csv.gz --out schema.json")
        {
            file, target, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            string path = parsed.GetValue(file)!;
            SchemaProposal proposal = SchemaProposal.FromFile(path, cancellation);
            InvocationConfiguration console = parsed.InvocationConfiguration;
            if (parsed.GetValue(json))
                console.Output.WriteLine(DataReport.ToJson(path, proposal));
            else
                DataReport.WriteText(path, proposal, console.Error);
            byte[] schema = DataReport.Schema(path, proposal);
            if (parsed.GetValue(target) is { } destination)
                DataReport.WriteNew(destination, schema);
            else if (!parsed.GetValue(json))
                console.Output.Write(System.Text.Encoding.UTF8.GetString(schema));
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static Verb CreatePackage()
    {
        var directory = new Argument<string>("directory") { Description = "The version directory, DIR/name/version." };
        var json = JsonOption();
        var verb = new Verb("package", "Show what a package's manifest says.", "recserve inspect package models/clicks/1 --json") { directory, json };
        verb.SetAction((parsed, _) =>
        {
            PackageManifest manifest = PackageReader.ReadManifest(parsed.GetValue(directory)!);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                output.WriteLine(PackageReport.ToJson(manifest));
            else
                PackageReport.WriteText(manifest, output);
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static Verb CreateTables()
    {
        var directory = new Argument<string>("directory") { Description = "The version directory, DIR/name/version." };
        var json = JsonOption();
        var verb = new Verb("tables", "Load a package's embedding rows as a server does, and show what they take in memory: by table, by row, by precision.",
            "recserve inspect tables models/clicks/1", "recserve inspect tables models/clicks/1 --json") { directory, json };
        verb.SetAction((parsed, cancellation) =>
        {
            var tables = TablesReport.Measure(PackageReader.Read(parsed.GetValue(directory)!), cancellation);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                output.WriteLine(TablesReport.ToJson(tables));
            else
                TablesReport.WriteText(tables, output);
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "Print one JSON object instead of text." };
}
