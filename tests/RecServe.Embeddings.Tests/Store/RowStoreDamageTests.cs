using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>What a store makes of files that are not as it left them.</summary>
public sealed class RowStoreDamageTests : IDisposable
{
    private static readonly TableId Table = new(5);

    private readonly TemporaryStore _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("checkpoint-000000000002.json", "cut")]
    [InlineData("checkpoint-000000000002.json", "flip")]
    [InlineData("checkpoints/*/log.meta", "flip")]
    [InlineData("checkpoints/*/log.meta", "delete")]
    [InlineData("log.2", "cut")]
    [InlineData("log.2", "delete")]
    public void Open_damaged_newest_checkpoint_is_reported_and_the_one_before_is_used(string file, string damage)
    {
        TwoCheckpoints(out long secondLog);
        Damage(Newest(file), damage);
        Assert.True(secondLog > 2 << 20, "the second checkpoint must need log.2, and the first must not");

        using RowStore store = _directory.Open();

        string warning = Assert.Single(store.Recovery.Warnings);
        Assert.Contains("checkpoint-000000000002.json", warning, StringComparison.Ordinal);
        Assert.Equal((1L, 1L), (store.Recovery.Checkpoint, store.Offsets["rows"]));
        AssertVersions(store, 1);

        // It goes on from there, and the damaged one never comes back.
        Write(store, 3);
        Assert.Equal(2, store.Checkpoint(new Dictionary<string, long> { ["rows"] = 3 }).Number);
        store.Dispose();
        using RowStore again = _directory.Open();
        Assert.Empty(again.Recovery.Warnings);
        Assert.Equal(3, again.Offsets["rows"]);
        AssertVersions(again, 3);
    }

    [Theory]
    [InlineData("index.dat.0", "flip")]
    [InlineData("index.dat.0", "cut")]
    [InlineData("index.meta", "flip")]
    [InlineData("index.meta", "delete")]
    public void Open_damaged_index_is_made_again_from_the_log_and_no_row_is_lost(string file, string damage)
    {
        TwoCheckpoints(out _);
        Damage(Newest($"checkpoints/*/{file}"), damage);

        using (RowStore store = _directory.Open())
        {
            Assert.Contains("made again from the log", Assert.Single(store.Recovery.Warnings), StringComparison.Ordinal);
            Assert.Equal((2L, 2L), (store.Recovery.Checkpoint, store.Offsets["rows"]));
            AssertVersions(store, 3);
            Assert.True(store.Checkpoint(store.Offsets).WithIndex);
        }

        using RowStore again = _directory.Open();
        Assert.Empty(again.Recovery.Warnings);
        AssertVersions(again, 3);
    }

    [Fact]
    public void Open_without_a_checkpoint_that_is_good_refuses_and_says_why()
    {
        TwoCheckpoints(out _);
        foreach (string path in Directory.GetFiles(_directory.Directory, "checkpoint-*.json"))
            Damage(path, "flip");

        var refusal = Assert.Throws<RowStoreException>(_directory.Open);

        Assert.Contains("checkpoint-000000000001.json", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("checksum", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_of_a_directory_with_other_files_is_refused()
    {
        File.WriteAllText(Path.Combine(_directory.Directory, "photo.jpg"), "mine");

        var refusal = Assert.Throws<RowStoreException>(_directory.Open);

        Assert.Contains("not a row store", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_directory.Directory, "photo.jpg")));
    }

    [Fact]
    public void Open_after_a_first_life_without_a_checkpoint_begins_afresh_and_says_so()
    {
        using (RowStore store = _directory.Open())
            Write(store, 1);

        using RowStore again = _directory.Open();

        Assert.Single(again.Recovery.Warnings);
        Assert.Equal((0L, 0L), (again.Recovery.Checkpoint, again.Measure().Rows));
    }

    [Fact]
    public void Find_rows_whose_part_of_the_disk_is_gone_stay_missing_and_are_counted()
    {
        using RowStore store = _directory.Open();
        Write(store, 1, Many);
        store.Checkpoint(new Dictionary<string, long>());
        Damage(Path.Combine(_directory.Directory, "log.0"), "cut");

        (int missing, int disk, int memory) = FindAll(store, Many);

        Assert.True(missing > 0 && memory > 0, $"{missing} missing, {disk} on disk, {memory} in memory");
        Assert.True(store.Measure().ReadErrors > 0);
        Assert.Equal(Many, missing + disk + memory);

        // An update cannot know what it would replace: it is refused as a whole, rather than put over a newer row.
        Assert.Throws<RowStoreException>(() => Write(store, 2, Many));
    }

    [Fact]
    public void Find_rows_whose_bytes_changed_on_disk_stay_missing_and_an_update_mends_them()
    {
        using RowStore store = _directory.Open();
        Write(store, 1, Many);
        store.Checkpoint(new Dictionary<string, long>());
        string path = Path.Combine(_directory.Directory, "log.0");
        byte[] log = File.ReadAllBytes(path);

        // Rows alone, so that keys and chains stay as they are. Records have 72 bytes and do not cross pages of 64 KiB; the row begins at 44; the log at 64.
        for (int page = 0; page < 512 << 10; page += 64 << 10)
        {
            for (int at = page == 0 ? 64 : 0; at + 72 <= 64 << 10; at += 72)
                log[page + at + 50] ^= 1;
        }

        File.WriteAllBytes(path, log);

        (int missing, _, _) = FindAll(store, Many);

        Assert.InRange(missing, 7000, 8 * 910);
        Assert.True(store.Measure().DamagedRows >= missing);
        Write(store, 2, Many);
        Assert.Equal(0, FindAll(store, Many).Missing);
        Assert.Equal(Many, store.Measure().Rows);
    }

    private const int Keys = 20_000, Many = 60_000;

    private string Newest(string file) => Directory.GetFiles(_directory.Directory, "*", SearchOption.AllDirectories)
        .Where(path => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(file, Path.GetRelativePath(_directory.Directory, path)))
        .MaxBy(File.GetLastWriteTimeUtc)!;

    private void TwoCheckpoints(out long secondLog)
    {
        using RowStore store = _directory.Open();
        Write(store, 1);
        store.Checkpoint(new Dictionary<string, long> { ["rows"] = 1 });
        Write(store, 2);
        Write(store, 3);
        store.Checkpoint(new Dictionary<string, long> { ["rows"] = 2 });
        secondLog = store.Measure().LogBytes;
    }

    private static void Write(RowStore store, ulong version, int count = Keys)
    {
        store.Register(Table, "item", 16, RowPrecision.Int8);
        float[] values = [.. Enumerable.Range(0, 16).Select(d => d + (0.5f * version))];
        foreach (int[] keys in Enumerable.Range(0, count).Chunk(2000))
            store.Apply(Table, [.. keys.Select(key => RowDelta.Of((ulong)key, version, values))]);
    }

    private static (int Missing, int Disk, int Memory) FindAll(RowStore store, int count)
    {
        TierBatch batch = All(store, count);
        int disk = Enumerable.Range(0, count).Count(i => batch.Tier(i) == RowTier.FasterDisk);
        return (batch.Missing, disk, count - disk - batch.Missing);
    }

    private static void AssertVersions(RowStore store, ulong version)
    {
        TierBatch batch = All(store);
        Assert.Equal(0, batch.Missing);
        Assert.All(Enumerable.Range(0, Keys), i => Assert.Equal(version, batch.Version(i)));
    }

    private static TierBatch All(RowStore store, int count = Keys)
    {
        var batch = new TierBatch();
        for (int key = 0; key < count; key++)
            batch.Add(Table, (ulong)key, 0);
        store.Find(batch);
        return batch;
    }

    private static void Damage(string path, string how)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        switch (how)
        {
            case "cut":
                file.SetLength(0);
                break;
            case "flip":
                file.Position = file.Length / 2;
                int old = file.ReadByte();
                file.Position = file.Length / 2;
                file.WriteByte((byte)(old ^ 1));
                break;
            default:
                File.Delete(path);
                break;
        }
    }
}
