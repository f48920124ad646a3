namespace RecServe.Embeddings;

/// <summary>Builds a table's parts from its rows, several at a time, with another seed when too many keys fall together under one.</summary>
internal sealed unsafe class TableBuilder(RowLayout layout)
{
    /// <summary>A part of more rows is split when it is next rebuilt: a rebuild of 262,144 rows takes the writer some 50 ms.</summary>
    public const int LargestPart = 1 << 18;

    // A fresh part has room to grow before it is split.
    private const int FreshPart = LargestPart * 3 / 4;

    private const int SeedsTried = 8;

    /// <summary>Where the parts' pilots stand.</summary>
    public PilotMemory Pilots { get; } = new();

    /// <summary>Parts that a table of so many rows is built with.</summary>
    public static int PartsFor(int rows)
    {
        int depth = 0;
        while (depth < PartSize.MaxDepth && rows >> depth > FreshPart)
            depth++;
        return 1 << depth;
    }

    /// <summary>Builds every part.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="seed">First seed to try.</param>
    /// <exception cref="ArgumentException">A key appears twice.</exception>
    public PartDirectory Build(RowSource source, ulong seed)
    {
        for (int attempt = 1; ; attempt++, seed++)
        {
            // A random key set leaves none or a few rows without a slot; the delta answers for them. More means keys that collide under this seed.
            int mostUnplaced = attempt < SeedsTried ? 16 + source.Count / 1000 : int.MaxValue;
            if (BuildWith(new KeyHash(seed), source, mostUnplaced) is { } directory)
                return directory;
        }
    }

    /// <summary>Builds one part; rows that find no slot go to its delta.</summary>
    /// <exception cref="ArgumentException">A key appears twice.</exception>
    public TablePart BuildPart(KeyHash hash, PartRows rows, PartSize size, int depth) =>
        BuildPart(hash, rows, size, depth, int.MaxValue)!;

    private TablePart? BuildPart(KeyHash hash, PartRows rows, PartSize size, int depth, int mostUnplaced)
    {
        var part = new TablePart(layout, hash, rows, size, depth, Pilots, out List<int> unplaced);
        if (unplaced.Count > mostUnplaced)
        {
            part.Dispose();
            return null;
        }

        foreach (int i in unplaced)
        {
            ulong key = rows.Keys[i];
            if (part.KeyAt(part.SlotOf(rows.Hashes[i])) == key || part.Delta.Find(key, rows.Hashes[i]) > 0)
            {
                part.Dispose();
                throw new ArgumentException($"row key {key} appears twice");
            }

            var row = new DeltaRow { Key = key, Version = rows.Versions[i], Slot = -1, State = DeltaState.New };
            part.Delta.Put(row, rows.Hashes[i], new ReadOnlySpan<byte>((byte*)rows.Rows[i], layout.RowBytes), oldestReader: 0);
        }

        return part;
    }

    /// <summary>The parts under one seed; null if more than <paramref name="mostUnplaced"/> rows of a part find no slot.</summary>
    private PartDirectory? BuildWith(KeyHash hash, RowSource source, int mostUnplaced)
    {
        int depth = System.Numerics.BitOperations.Log2((uint)PartsFor(source.Count));

        // Rows in the order of their parts: counting sort by the hash's highest bits.
        int[] starts = new int[(1 << depth) + 1];
        for (int i = 0; i < source.Count; i++)
            starts[PartSize.Part(hash.Of(source.Key(i)), depth) + 1]++;
        PartSize size = layout.SizeFor(starts.Max());
        for (int p = 0; p < 1 << depth; p++)
            starts[p + 1] += starts[p];
        int[] next = [.. starts], order = new int[source.Count];
        for (int i = 0; i < source.Count; i++)
            order[next[PartSize.Part(hash.Of(source.Key(i)), depth)]++] = i;

        var parts = new TablePart?[1 << depth];
        try
        {
            Parallel.For(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, p =>
            {
                var rows = new PartRows(starts[p + 1] - starts[p]);
                for (int n = starts[p]; n < starts[p + 1]; n++)
                {
                    int i = order[n];
                    rows.Add(source.Key(i), hash.Of(source.Key(i)), source.Version(i), source.Row(i));
                }

                parts[p] = BuildPart(hash, rows, size, depth, mostUnplaced);
            });
        }
        catch (AggregateException failures) when (failures.InnerExceptions[0] is ArgumentException)
        {
            Free(parts);
            throw failures.InnerExceptions[0];
        }

        if (!parts.Contains(null))
            return new PartDirectory(hash, parts!);
        Free(parts);
        return null;
    }

    private static void Free(TablePart?[] parts)
    {
        foreach (TablePart? part in parts)
            part?.Dispose();
    }
}
