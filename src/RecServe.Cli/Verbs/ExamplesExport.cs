using System.CommandLine;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Training.Data;
using RecServe.Training.Examples;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve export examples</c>: events, or samples with times, as training examples with the features that were known just before each.</summary>
internal static class ExamplesExport
{
    internal static Command Create()
    {
        var events = new Option<string>("--events") { Description = "Events, or samples with the label's column (a folder for movielens).", Required = true };
        var schema = new Option<string>("--schema") { Description = "The schema file, with fields that have 'from'.", Required = true };
        var target = new Option<string>("--out") { Description = "The file to write; it must not exist yet.", Required = true };
        var format = new Option<string>("--format") { Description = "How the data is written: csv, tsv or movielens.", DefaultValueFactory = _ => "csv" };
        var late = new Option<int?>("--late-seconds") { Description = "Lines stand in the order in which they arrived, and one that is later than this is left out, as servers do (3600). Without it no line is late." };
        var join = new Option<int>("--join-seconds") { Description = "How long after an impression an event may be to belong to it.", DefaultValueFactory = _ => 3600 };
        var entities = new Option<int>("--max-entities") { Description = "Users, items, and pairs of user and category, at most each.", DefaultValueFactory = _ => 10_000_000 };
        var badLines = new Option<int>("--max-bad-lines") { Description = "Bad lines that are passed over without failing.", DefaultValueFactory = _ => 0 };
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("examples", "Write training examples with the features of events as they were just before each (docs/formats/events.md).",
            "recserve export examples --events events.csv --schema schema.json --out examples.csv",
            "recserve export examples --events ml-latest-small --format movielens --schema schema.json --out ml-latest-small/examples.csv")
        {
            events, schema, target, format, late, join, entities, badLines, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            var options = new ExampleOptions
            {
                Format = Usage.Of(() => DataFormats.Parse(parsed.GetValue(format)!)),
                Events = parsed.GetValue(events)!,
                SchemaPath = parsed.GetValue(schema)!,
                Output = parsed.GetValue(target)!,
                LatenessMs = parsed.GetValue(late) is { } seconds ? 1000L * Usage.InRange("--late-seconds", seconds, 0, int.MaxValue) : null,
                JoinMs = 1000L * Usage.InRange("--join-seconds", parsed.GetValue(join), 0, int.MaxValue),
                MaxEntities = Usage.InRange("--max-entities", parsed.GetValue(entities), 1, 100_000_000),
                MaxBadLines = Usage.InRange("--max-bad-lines", parsed.GetValue(badLines), 0, int.MaxValue),
            };
            ExampleReport report = ExampleExport.Run(options, cancellation);
            ExportSummary.Write(parsed.InvocationConfiguration, $"{report.Lines:N0} lines: {report.Examples:N0} examples, {report.Positives:N0} positive, written to {options.Output}", Remarks(report), report, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static IEnumerable<(long Count, string What)> Remarks(ExampleReport report) =>
    [
        (report.BadLines, "bad lines passed over"),
        (report.Duplicates, "events were there before, by their id"),
        (report.Late, "events came too late"),
        (report.Ahead, "events happened after they were received"),
        (report.Unjoined, "events belong to no impression"),
        (report.Open, "impressions are too close to the end to know what came of them"),
    ];
}
