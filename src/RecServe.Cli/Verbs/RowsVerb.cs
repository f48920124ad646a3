using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Cli.Updates;
using RecServe.Embeddings;
using RecServe.Stream;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve rows producer</c>: which rows of a store a producer has written, and how to put them back.</summary>
internal static class RowsVerb
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    internal static Command Create() =>
        new Verb("rows", "Find rows of a store by where they came from, and put them back to what their package has.", "recserve rows producer trainer-7 --store rows --models models")
        {
            CreateProducer(),
        };

    private static Verb CreateProducer()
    {
        var name = new Argument<string>("name") { Description = "The producer, as its messages name it." };
        var store = new Option<DirectoryInfo>("--store") { Description = "The server's store; the server must not run.", HelpName = "DIR", Required = true };
        var models = new Option<DirectoryInfo>("--models") { Description = "Folder of model packages, laid out as DIR/name/version.", HelpName = "DIR", Required = true };
        var since = new Option<string?>("--since") { Description = "Only updates whose event happened then or later: RFC 3339. Those that name no time count.", HelpName = "TIME" };
        var from = new Option<string?>("--from") { Description = "Only updates of this partition from this offset on.", HelpName = "PARTITION@OFFSET" };
        var undo = new Option<FileInfo?>("--undo") { Description = "Write updates to this new file that put the rows back to the package's, for 'recserve apply' or POST /v1/rows:apply. Needs --by.", HelpName = "FILE" };
        var by = new Option<string?>("--by") { Description = "Who puts them back; kept with the rows.", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "A JSON object a line instead of CSV." };
        var verb = new Verb("producer", "List the rows whose newest version a producer has written, with their versions and the offsets that they came by. Rows that another producer has written since are not listed.",
            "recserve rows producer trainer-7 --store rows --models models --since 2026-01-02T03:00:00Z", "recserve rows producer trainer-7 --store rows --models models --undo undo.jsonl --by anna")
        {
            name, store, models, since, from, undo, by, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            FileInfo? file = parsed.GetValue(undo);
            string? whoever = parsed.GetValue(by);
            if (file is null != string.IsNullOrEmpty(whoever))
                throw new UsageException("--undo and --by go together: the rows are put back by somebody");
            if (file is { Exists: true })
                throw new UsageException($"--undo {file}: the file exists; 'recserve apply' reads a file of one name only once");
            (int? partition, long? offset) = Place(parsed.GetValue(from));
            var rows = new ProducerRows(parsed.GetRequiredValue(name), Time(parsed.GetValue(since)), partition, offset);
            InvocationConfiguration console = parsed.InvocationConfiguration;
            using StreamWriter? updates = file is null ? null : new StreamWriter(new FileStream(file.FullName, FileMode.CreateNew, FileAccess.Write));
            int last = Run(rows, parsed.GetRequiredValue(store).FullName, parsed.GetRequiredValue(models).FullName, parsed.GetValue(json), console.Output, updates, whoever ?? "", cancellation);
            if (updates is not null && last > 0)
                console.Error.WriteLine($"{last} rows have the last version there is, and cannot be put back by an update");
            return Task.FromResult(updates is not null && last > 0 ? ExitCode.Failed : ExitCode.Ok);
        });
        return verb;
    }

    /// <returns>Rows that no update can replace.</returns>
    private static int Run(ProducerRows rows, string directory, string models, bool json, TextWriter output, StreamWriter? updates, string by, CancellationToken cancellation)
    {
        if (!Directory.Exists(directory))
            throw new UsageException($"--store {directory} does not exist");
        using RowStore store = RowStore.Open(new RowStoreOptions { Directory = directory });
        if (!json)
            output.WriteLine("lineage,table,key,version,deleted,event_time,partition,offset");
        int last = 0;
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        // A table that versions of a lineage share is looked through once. Where they differ, an update reaches all of them: the rows of the highest version are put back.
        foreach (var table in PackageFolder.Read(models).SelectMany(package => package.Tables.Select(table => (package.Lineage, Table: table)))
            .GroupBy(table => (table.Lineage, table.Table.Name)))
        {
            var found = new SortedDictionary<ulong, ProducedRow>();
            foreach ((string lineage, PackageTable version) in table.DistinctBy(one => one.Table.Sha256))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (ProducedRow row in rows.Find(store, lineage, version))
                    found[row.Key] = found.TryGetValue(row.Key, out ProducedRow? other) && other.Version > row.Version ? other : row;
            }

            foreach (ProducedRow row in found.Values)
                output.WriteLine(json ? JsonSerializer.Serialize(row, Layout) : Line(row));
            last += found.Values.Count(row => row.Version == ulong.MaxValue);
            foreach (RowUpdate update in updates is null ? [] : PackageRowUpdates.PutBack(found.Values.Where(row => row.Version < ulong.MaxValue), table.Last().Table, by, now))
            {
                updates!.Write(System.Text.Encoding.UTF8.GetString(RowUpdateJson.Encode(update)));
                updates.Write('\n');
            }
        }

        return last;
    }

    private static string Line(ProducedRow row) => string.Create(CultureInfo.InvariantCulture,
        $"{Quoted(row.Lineage)},{Quoted(row.Table)},{row.Key},{row.Version},{(row.IsDeleted ? 1 : 0)},{row.EventTime},{row.Partition},{row.Offset}");

    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static long? Time(string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time.ToUnixTimeMilliseconds()
        : throw new UsageException($"--since {text}: a time such as 2026-01-02T03:04:05Z is expected");

    private static (int? Partition, long? Offset) Place(string? text)
    {
        if (text is null)
            return (null, null);
        string[] parts = text.Split('@');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int partition) && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? (partition, offset)
            : throw new UsageException($"--from {text}: a partition and an offset such as 3@184467 are expected");
    }
}
