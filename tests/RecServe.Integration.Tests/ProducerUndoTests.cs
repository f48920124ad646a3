using RecServe.Artifacts;
using RecServe.Features;

namespace RecServe.Integration.Tests;

/// <summary>A bad producer's rows are found in the store, listed with their versions and offsets, and put back to the package's by a file and over HTTP; a good producer's rows stay.</summary>
public sealed class ProducerUndoTests : IDisposable
{
    private static readonly string[] Items = ["i1", "i2", "i3", "new"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Rows_of_a_bad_producer_are_found_and_undone()
    {
        ModelPackage package = SmallPackage.Train(_directory);
        double[] before, good;
        using (RunningServer server = await StartAsync())
        {
            before = await ServedRows.ScoresAsync(server, Items);
            await ServedRows.ApplyAsync(server, package.Lineage, "bad", 10, ("i1", 0.02), ("i2", 0.03), ("i3", 0.04), ("new", 0.05));
            string token = await ServedRows.ApplyAsync(server, package.Lineage, "good", 11, ("i3", 0.06));
            good = await ServedRows.ScoresAsync(server, Items, token);
            Assert.All(Items.Zip(before, good), item => Assert.NotEqual(item.Second, item.Third));
            Stop(server);
        }

        using (RecServeProcess list = Producer("bad"))
        {
            Assert.Equal(Items.Where(item => item != "i3").Select(RowKey.Of).Order().Select(key => $"{package.Lineage},item,{key},10,0,0,0,0").Prepend("lineage,table,key,version,deleted,event_time,partition,offset"),
                list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        using (RecServeProcess list = Producer("good", "--json"))
            Assert.Contains($"\"key\":{RowKey.Of("i3")},\"version\":11,\"is_deleted\":false,\"event_time\":0,\"partition\":0,\"offset\":1", list.Output, StringComparison.Ordinal);
        using (RecServeProcess list = Producer("bad", "--from", "0@1"))
            Assert.Single(list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Producer("bad", "--undo", _directory["undo.jsonl"], "--by", "anna").Dispose();
        using (RecServeProcess apply = RecServeProcess.Run(0, "apply", _directory["undo.jsonl"], "--models", _directory["models"], "--store", _directory["rows"]))
            Assert.StartsWith("1 messages: 3 rows applied, 0 not newer", apply.Output, StringComparison.Ordinal);

        // Undone while nobody served; and once more over HTTP.
        double[] expected = [before[0], before[1], good[2], before[3]];
        using (RunningServer server = await StartAsync())
        {
            Assert.Equal(expected, await ServedRows.ScoresAsync(server, Items));
            await ServedRows.ApplyAsync(server, package.Lineage, "bad", 20, ("i1", 0.07));
            Stop(server);
        }

        Producer("bad", "--undo", _directory["again.jsonl"], "--by", "anna").Dispose();
        using RunningServer last = await StartAsync();
        Assert.NotEqual(expected[0], (await ServedRows.ScoresAsync(last, Items))[0]);
        string undone = await ServedRows.PostAsync(last, await File.ReadAllTextAsync(_directory["again.jsonl"]));
        Assert.Equal(expected, await ServedRows.ScoresAsync(last, Items, undone));
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(_directory["models"], "--store", _directory["rows"], "--read-after-wait-ms", "30000", "--update-norm-jump", "0");

    private static void Stop(RunningServer server)
    {
        server.Process.Signal("TERM");
        Assert.Equal(0, server.Process.WaitForExit(TimeSpan.FromMinutes(2)));
    }

    private RecServeProcess Producer(string name, params string[] more) => RecServeProcess.Run(0, ["rows", "producer", name, "--store", _directory["rows"], "--models", _directory["models"], .. more]);
}
