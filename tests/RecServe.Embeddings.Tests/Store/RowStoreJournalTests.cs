using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>Checkpoints that add what changed to a journal: what they cost the log, and what stands after the store was closed without a word.</summary>
public sealed class RowStoreJournalTests : IDisposable
{
    private const int Keys = 3_000;

    private static readonly TableId Table = new(5), Features = new(6);

    private readonly TemporaryStore _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Checkpoints_by_journal_leave_rows_changeable_in_place()
    {
        using RowStore store = _directory.Open();
        store.Register(Table, "item", 16, RowPrecision.Int8);
        long log = 0;
        for (ulong round = 1; round <= 5; round++)
        {
            store.Apply(Table, [.. Enumerable.Range(0, 1000).Select(key => RowDelta.Of((ulong)key, round, Floats(new Random(key))))]);
            CheckpointResult result = store.Checkpoint(new Dictionary<string, long>());

            // Behind the fold each row is written anew once; the journal's checkpoints add nothing to the log.
            if (round == 2)
                log = store.Measure().LogBytes;
            if (round > 2)
                Assert.Equal(log, store.Measure().LogBytes);
            if (round > 1)
                Assert.Equal((false, JournalBlock.PaddedBytes(JournalBlock.HeaderBytes + (1000 * (20 + 16 + RowCodec.RowBytes(RowPrecision.Int8, 16))))), (result.WithIndex, result.BytesWritten));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_after_checkpoints_by_journal_gives_the_last(bool throughCache)
    {
        using var reference = new ReferenceRowStore();
        using (RowStore store = RowStore.Open(_directory.Options with { WritesThroughCache = throughCache, IsBusy = () => false }))
        {
            for (int round = 1; round <= 6; round++)
            {
                Change(store, reference, round);
                CheckpointResult result = store.Checkpoint(new Dictionary<string, long> { ["rows"] = round });
                Assert.Equal((round, round == 1), (result.Number, result.WithIndex));
            }

            Change(store, new ReferenceRowStore(), 7); // beyond the checkpoint
        }

        Assert.InRange(new FileInfo(Journal()).Length, 100_000, 1 << 20);
        using RowStore again = _directory.Open();
        Assert.Equal((6L, 0, 6L), (again.Recovery.Checkpoint, again.Recovery.Warnings.Count, again.Offsets["rows"]));
        foreach (TableId table in (TableId[])[Table, Features])
        {
            StoreEquality.Same(reference, again, table);
            Assert.Equal(Origins(reference, table), Origins(again, table));
        }

        Assert.Equal(reference.Measure().Tables.Select(Counts), again.Measure().Tables.Select(Counts));

        // What was recovered is folded by the next one, and its journal is gone with the checkpoints that need it.
        string journal = Journal();
        Assert.Equal(7, again.Checkpoint(again.Offsets).Number);
        for (int round = 8; round <= 12; round++)
        {
            Change(again, reference, round);
            again.Checkpoint(new Dictionary<string, long> { ["rows"] = round });
        }

        Assert.NotEqual(journal, Journal());
        again.Dispose();
        using RowStore last = _directory.Open();
        StoreEquality.Same(reference, last, Table);
        StoreEquality.Same(reference, last, Features);

        static (long, long, long, long, bool) Counts(StoredTable table) => (table.Id == Table ? 0 : 1, table.Rows, table.Tombstones, table.LoadedRows, table.IsLoaded);
    }

    [Theory]
    [InlineData("flip first", 1)]
    [InlineData("flip last", 2)]
    [InlineData("cut last", 2)]
    [InlineData("delete", 1)]
    [InlineData("add", 3)]
    public void Open_damaged_journal_is_reported_and_the_newest_checkpoint_that_does_not_need_it_is_used(string damage, int recovered)
    {
        var references = new ReferenceRowStore[4];
        using (RowStore store = _directory.Open())
        {
            for (int round = 1; round <= 3; round++)
            {
                references[round] = new ReferenceRowStore();
                for (int past = 1; past < round; past++)
                    Change(null, references[round], past);
                Change(store, references[round], round);
                store.Checkpoint(new Dictionary<string, long> { ["rows"] = round });
            }
        }

        Damage(Journal(), damage);

        using (RowStore store = _directory.Open())
        {
            Assert.Equal((recovered, recovered, 3 - recovered), (store.Recovery.Checkpoint, store.Offsets["rows"], store.Recovery.Warnings.Count));
            Assert.All(store.Recovery.Warnings, warning => Assert.Contains("journal", warning, StringComparison.Ordinal));
            StoreEquality.Same(references[recovered], store, Table);
            StoreEquality.Same(references[recovered], store, Features);
            Change(store, references[recovered], 9);
            Assert.Equal(recovered + 1, store.Checkpoint(store.Offsets).Number);
        }

        using RowStore again = _directory.Open();
        Assert.Empty(again.Recovery.Warnings);
        StoreEquality.Same(references[recovered], again, Table);
        foreach (ReferenceRowStore? reference in references)
            reference?.Dispose();
    }

    [Fact]
    public void Open_whose_folded_log_is_damaged_goes_back_before_the_fold()
    {
        using var reference = new ReferenceRowStore();
        using (RowStore store = _directory.Open())
        {
            Change(store, reference, 1);
            store.Checkpoint(new Dictionary<string, long> { ["rows"] = 1 });
        }

        using (RowStore store = _directory.Open())
        {
            for (int round = 2; round <= 5; round++)
            {
                Change(store, new ReferenceRowStore(), round);
                store.Checkpoint(new Dictionary<string, long> { ["rows"] = round });
            }
        }

        File.WriteAllText(Path.Combine(Path.GetDirectoryName(Journal())!, "log.meta"), "no");
        using RowStore again = _directory.Open();
        Assert.Equal((1L, 3), (again.Recovery.Checkpoint, again.Recovery.Warnings.Count));
        StoreEquality.Same(reference, again, Table);
    }

    [Fact]
    public void Checkpoint_that_finds_more_than_the_journal_takes_folds_and_the_journal_begins_again()
    {
        using var reference = new ReferenceRowStore();
        using (RowStore store = _directory.Open())
        {
            Change(store, reference, 1);
            store.Checkpoint(new Dictionary<string, long>());
            string[] first = Folds();

            // Small ones until the file is full.
            int round = 2;
            for (; Folds().Length == first.Length; round++)
            {
                Change(store, reference, round);
                store.Checkpoint(new Dictionary<string, long>());
            }

            Assert.InRange(round, 10, 30);

            // Too much at once: half of the journal is what memory holds.
            string before = Folds()[^1];
            Change(store, reference, round);
            store.Checkpoint(new Dictionary<string, long>());
            Assert.Equal(before, Folds()[^1]);
            for (int i = 0; i < 12; i++)
                Change(store, reference, ++round);
            store.Checkpoint(new Dictionary<string, long>());
            Assert.NotEqual(before, Folds()[^1]);
        }

        using RowStore again = _directory.Open();
        StoreEquality.Same(reference, again, Table);
        StoreEquality.Same(reference, again, Features);
    }

    [SmallDiskFact]
    public void Checkpoint_whose_journal_finds_no_room_is_refused_and_the_next_one_folds()
    {
        using var disk = new SmallDisk(6);
        RowStoreOptions options = _directory.Options with { Directory = Path.Combine(disk.Directory, "rows"), IndexBytes = 64 << 10 };
        using var reference = new ReferenceRowStore();
        using (RowStore store = RowStore.Open(options))
        {
            Change(store, reference, 1);
            store.Checkpoint(new Dictionary<string, long> { ["rows"] = 1 });
            string rest = Path.Combine(disk.Directory, "rest");
            using (var file = new FileStream(rest, FileMode.Create))
                Assert.Throws<IOException>(() => { while (file.Length < 1 << 30) { file.Write(new byte[4096]); file.Flush(); } });
            Change(store, reference, 2);
            Assert.Contains("stays good", Assert.Throws<RowStoreException>(() => store.Checkpoint(new Dictionary<string, long> { ["rows"] = 2 })).Message, StringComparison.Ordinal);
            File.Delete(rest);
            Assert.Equal(2, store.Checkpoint(new Dictionary<string, long> { ["rows"] = 2 }).Number);
        }

        using RowStore again = RowStore.Open(options);
        Assert.Equal(2, again.Offsets["rows"]);
        StoreEquality.Same(reference, again, Table);
    }

    [Fact]
    public void Open_with_a_journal_of_a_size_that_is_out_of_range_names_it() =>
        Assert.Contains("JournalBytes", Assert.Throws<ArgumentException>(() => RowStore.Open(_directory.Options with { JournalBytes = 1000 })).Message, StringComparison.Ordinal);

    /// <summary>Changes of every kind: floats, encoded rows of two precisions, deletions, old versions, rows of a package, bytes of features, with and without an origin.</summary>
    private static void Change(RowStore? store, ReferenceRowStore reference, int round)
    {
        var random = new Random(round);
        RowDelta[] deltas = [.. Enumerable.Range(0, 1000).Select(_ => random.Next(Keys)).Select(key => random.Next(6) switch
        {
            0 => RowDelta.Deletion((ulong)key, (ulong)(10 * round)),
            1 => RowDelta.OfEncoded((ulong)key, (ulong)(10 * round) + 1, RowPrecision.Fp16, Bytes(random, 32)),
            2 => RowDelta.OfEncoded((ulong)key, (ulong)(10 * round) + 2, RowPrecision.Int8, Bytes(random, 24)),
            3 => RowDelta.Of((ulong)key, (ulong)random.Next(10 * round), Floats(random)),
            _ => RowDelta.Of((ulong)key, (ulong)(10 * round) + 3, Floats(random)),
        })];
        RowOrigin[] origins = [.. deltas.Select((_, i) => new RowOrigin((uint)i, round, 1000 * i))];
        RowDelta[] features = [.. Enumerable.Range(0, 50).Select(_ => RowDelta.OfEncoded((ulong)random.Next(200), (ulong)round, RowPrecision.Fp32, Bytes(random, 4 * random.Next(1, 40))))];
        byte[] package = Bytes(random, 24 * 10);
        package.AsSpan().Clear();
        foreach (IRowStore? each in (IRowStore?[])[store, reference])
        {
            if (each is null)
                continue;
            each.Register(Table, "item", 16, RowPrecision.Int8);
            each.Register(Features, "features", 0, RowPrecision.Fp32);
            each.Apply(Table, deltas.AsSpan(0, 800), origins.AsSpan(0, 800));
            each.Apply(Table, deltas.AsSpan(800));
            each.Apply(Features, features);
            RowLoad load = each.Load(Table);
            load.Add([.. Enumerable.Range(Keys + (10 * round), 10).Select(key => (ulong)key)], RowPrecision.Int8, package);
            if (round == 4)
                load.Complete();
        }
    }

    private static float[] Floats(Random random) => [.. Enumerable.Range(0, 16).Select(_ => random.NextSingle())];

    private static byte[] Bytes(Random random, int count)
    {
        // Halves that are numbers: the exponent stays small.
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)random.Next(60);
        return bytes;
    }

    private static Dictionary<ulong, (ulong, RowOrigin?)> Origins(IRowStore store, TableId table)
    {
        Dictionary<ulong, (ulong Version, RowOrigin?)> rows = [];
        store.Scan(table, (key, version, _, _, _, origin) =>
        {
            if (!rows.TryGetValue(key, out var had) || had.Version <= version)
                rows[key] = (version, origin);
            return true;
        });
        return rows;
    }

    private string Journal() => Directory.GetFiles(_directory.Directory, "journal", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)!;

    /// <summary>The folds of the log that checkpoints on the disk stand behind, oldest first.</summary>
    private string[] Folds() => [.. Directory.GetFiles(_directory.Directory, "checkpoint-*.json").Order(StringComparer.Ordinal)
        .Select(path => CheckpointManifest.FromBytes(File.ReadAllBytes(path)).LogToken.ToString()).Distinct()];

    private static void Damage(string path, string how)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        switch (how)
        {
            case "flip first":
                Flip(60);
                break;
            case "flip last":
                Flip(file.Length - 8192);
                break;
            case "cut last":
                file.SetLength(file.Length - 4096);
                break;
            case "add":
                // A process that was killed before it published what it had written.
                file.Position = file.Length;
                file.Write(new byte[5000]);
                break;
            default:
                File.Delete(path);
                break;
        }

        void Flip(long at)
        {
            file.Position = at;
            int old = file.ReadByte();
            file.Position = at;
            file.WriteByte((byte)(old ^ 1));
        }
    }
}
