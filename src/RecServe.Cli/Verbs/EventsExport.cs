using System.CommandLine;
using System.Globalization;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Features;
using RecServe.Stream;
using RecServe.Training.Data;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve export events</c>: what rankings returned and what came of it, from Kafka into a file that <c>export examples</c> joins.</summary>
internal static class EventsExport
{
    internal static Command Create()
    {
        var kafka = new Option<string>("--kafka") { Description = "Kafka that has the topics.", HelpName = "HOST:PORT", Required = true };
        var target = new Option<string>("--out") { Description = "The file to write, as csv; it must not exist yet.", Required = true };
        var schema = new Option<string?>("--schema") { Description = "The schema file, which names the columns of user, item and time; without it they are user, item and time." };
        var impressions = new Option<string>("--impressions")
        {
            Description = "What was shown: returned (every item that a ranking returned) or reported (the impressions among the events).",
            DefaultValueFactory = _ => "returned",
        };
        impressions.AcceptOnlyFromAmong("returned", "reported");
        var exposuresTopic = new Option<string>("--exposures-topic") { Description = "Topic of what rankings returned.", HelpName = "TOPIC", DefaultValueFactory = _ => "recserve.exposures" };
        var eventsTopic = new Option<string>("--events-topic") { Description = "Topic of events of users.", HelpName = "TOPIC", DefaultValueFactory = _ => "recserve.events" };
        var late = new Option<int>("--late-seconds") { Description = "Seconds that an event may have happened before the newest of its partition to be counted.", DefaultValueFactory = _ => 3600 };
        var patience = new Option<int>("--wait-seconds") { Description = "Seconds that Kafka may stay out of reach.", DefaultValueFactory = _ => 30 };
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("events", "Write what rankings returned and what came of it, as far as the topics have it now, as a file of events (docs/formats/exposures.md).",
            "recserve export events --kafka 127.0.0.1:9092 --schema schema.json --out events.csv",
            "recserve export events --kafka 127.0.0.1:9092 --impressions reported --out events.csv")
        {
            kafka, target, schema, impressions, exposuresTopic, eventsTopic, late, patience, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            var options = new EventLogOptions
            {
                LatenessMs = 1000L * Usage.InRange("--late-seconds", parsed.GetValue(late), 0, 604_800),
                Patience = TimeSpan.FromSeconds(Usage.InRange("--wait-seconds", parsed.GetValue(patience), 1, 3_600)),
            };
            var servers = new KafkaOptions { Servers = parsed.GetRequiredValue(kafka) };
            string path = parsed.GetRequiredValue(target);
            EventLogReport report = Write(path, parsed.GetValue(schema), options, export =>
            {
                if (parsed.GetValue(impressions) == "returned")
                {
                    using var exposures = new KafkaSource(servers, parsed.GetRequiredValue(exposuresTopic));
                    export.ReadExposures(exposures, cancellation);
                }

                using var events = new KafkaSource(servers, parsed.GetRequiredValue(eventsTopic));
                export.ReadEvents(events, cancellation);
            });
            ExportSummary.Write(parsed.InvocationConfiguration, $"{report.Rankings:N0} rankings and {report.Events:N0} events: {report.Lines:N0} lines, written to {path}", Remarks(report), report, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static EventLogReport Write(string path, string? schemaPath, EventLogOptions options, Action<EventLogExport> read)
    {
        if (Path.Exists(path))
            throw new IOException($"{path}: exists already; remove it or name another file");
        DataSchema? schema = schemaPath is null ? null : SchemaSource.Load(schemaPath);
        string partial = path + ".partial";
        try
        {
            EventLogExport export;
            using (var target = new BufferedStream(new FileStream(partial, FileMode.Create), 1 << 16))
            {
                var lines = new DelimitedWriter(target, schema?.Delimiter ?? ',');
                string[] columns = ["event_id", "ranking_id", "type", schema?.User ?? "user", schema?.Item ?? "item", schema?.Time ?? "time", "received", "value", "place", "model", "model_version", "experiments"];
                foreach (string column in columns)
                    lines.Cell(column);
                lines.EndLine();
                export = new EventLogExport(options, line => Write(lines, line));
                read(export);
            }

            File.Move(partial, path);
            return export.Report;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static void Write(DelimitedWriter lines, EventLogLine line)
    {
        lines.Cell(line.EventId);
        lines.Cell(line.RankingId);
        lines.Cell(InteractionNames.Of(line.Type));
        lines.Cell(line.UserId);
        lines.Cell(line.ItemId);
        lines.Cell(line.Time.ToString(CultureInfo.InvariantCulture));
        lines.Cell(line.Received.ToString(CultureInfo.InvariantCulture));
        lines.Cell(line.Value == 0 ? double.NaN : line.Value);
        lines.Cell(line.Place == 0 ? double.NaN : line.Place);
        lines.Cell(line.Exposure?.Model ?? "");
        lines.Cell(line.Exposure?.ModelVersion ?? "");
        lines.Cell(line.Exposure is null ? "" : string.Join('|', line.Exposure.Variants.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Experiment}={one.Variant}:{one.Propensity:R}"))));
        lines.EndLine();
    }

    private static IEnumerable<(long Count, string What)> Remarks(EventLogReport report) =>
    [
        (report.Duplicates, "were there before, by their id"),
        (report.Late, "came too late"),
        (report.Ahead, "happened after they were received"),
        (report.Reported, "reported impressions passed over: what rankings returned stands for them"),
        (report.Refused, $"could not be read; the first: {report.FirstRefusal}"),
    ];
}
