using System.CommandLine;
using System.Text.Json;
using RecServe.Cli.Bench;
using RecServe.Cli.Terminal;
using RecServe.Embeddings;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench store</c>: look-ups in a row store that is larger than its memory.</summary>
internal static class StoreBench
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Verb Create()
    {
        var rows = NumberOption.Whole("--rows", "Rows of the table.", 10_000_000, 1000, 200_000_000);
        var dim = NumberOption.Whole("--dim", "Numbers of a row.", 16, 1, 1024);
        var batch = NumberOption.Whole("--batch", "Keys of one gather.", 13_000, 1, 1_000_000);
        var batches = NumberOption.Whole("--batches", "Gathers measured.", 300, 10, 1_000_000);
        var memory = NumberOption.Whole("--log-memory", "MiB of the log kept in memory.", 64, 2, 1 << 20);
        var hot = NumberOption.Whole("--hot-rows", "Of the most popular rows, those that rows in process memory are taken to answer.", 0, 0, 200_000_000);
        var updates = NumberOption.Whole("--updates", "Updates a second that are applied meanwhile.", 0, 0, 1_000_000);
        var threads = NumberOption.Whole("--disk-threads", "Reads that the disk does at once.", 32, 1, 256);
        var skew = NumberOption.Real("--skew", "Exponent of the Zipf law that keys follow; 0 is uniform.", 1.05, 3);
        var buffered = new Option<bool>("--buffered") { Description = "Let the system cache the log's files; without it the log passes by that cache." };
        var directory = new Option<string?>("--directory") { Description = "Where the store is made and kept for another run. Default: a temporary directory, deleted afterwards." };
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("store", "Look rows up in a store that is larger than its memory, as they are asked for from below rows in process memory.",
            "recserve bench store --rows 10000000 --log-memory 64 --hot-rows 2500000 --json")
        {
            rows, dim, batch, batches, memory, hot, updates, threads, skew, buffered, directory, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            InvocationConfiguration console = parsed.InvocationConfiguration;
            string place = parsed.GetValue(directory) ?? Directory.CreateTempSubdirectory("recserve-store-").FullName;
            try
            {
                var options = new RowStoreBenchmarkOptions
                {
                    Rows = parsed.GetValue(rows),
                    Dim = parsed.GetValue(dim),
                    Batch = parsed.GetValue(batch),
                    Batches = parsed.GetValue(batches),
                    HotRows = parsed.GetValue(hot),
                    UpdatesPerSecond = parsed.GetValue(updates),
                    Skew = parsed.GetValue(skew),
                    Store = new RowStoreOptions
                    {
                        Directory = place,
                        LogMemoryBytes = (long)parsed.GetValue(memory) << 20,
                        DirectIO = !parsed.GetValue(buffered),
                        DiskThreads = parsed.GetValue(threads),
                        IndexBytes = Math.Max(64 << 10, parsed.GetValue(rows) * 64L / 7),
                    },
                };
                RowStoreBenchmarkResult result = new RowStoreBenchmark(options, new LineProgress(console.Error)).Run(cancellation);
                Write(result, parsed.GetValue(json), console.Output);
                return Task.FromResult(result.Lost + result.Wrong == 0 ? ExitCode.Ok : ExitCode.Failed);
            }
            finally
            {
                if (parsed.GetValue(directory) is null)
                    Directory.Delete(place, recursive: true);
            }
        });
        return verb;
    }

    private static void Write(RowStoreBenchmarkResult result, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(result, Layout));
            return;
        }

        output.WriteLine($"{result.Requested:N0} keys asked for: {result.Hot:N0} taken as hot; {result.Asked:N0} distinct others, {result.FasterMemory:N0} of them in the log's memory, {result.FasterDisk:N0} on disk, {result.Lost:N0} lost, {result.Wrong:N0} wrong");
        output.WriteLine($"a gather's look-up   {result.MedianMs:0.00} ms median, {result.P99Ms:0.00} ms 99th percentile, {result.WorstMs:0.00} ms worst; {result.NsPerAskedRow:0} ns a distinct key");
        output.WriteLine($"log                  {result.Store.LogBytes >> 20:N0} MiB, {result.Store.MemoryBytes >> 20:N0} MiB of it in memory; index {result.Store.IndexBytes >> 20:N0} MiB; process {result.ResidentBytes >> 20:N0} MiB");
        output.WriteLine($"import               {result.LoadRowsPerSecond:N0} rows a second; checkpoint with index {result.CheckpointMs:0} ms; opened again in {result.RecoveryMs:0} ms");
    }
}
