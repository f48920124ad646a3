using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>The contract in its plainest form: dictionaries and one lock.</summary>
internal sealed class ReferenceRowStore : IRowStore
{
    private readonly Dictionary<TableId, StoredTable> _tables = [];
    private readonly Dictionary<(TableId, ulong), Row> _rows = [];
    private long _checkpoints;

    public long UnansweredReads => 0;

    public IReadOnlyDictionary<string, long> Offsets { get; private set; } = new Dictionary<string, long>();

    public StoredTable Register(TableId id, string name, int width, RowPrecision precision)
    {
        StoredTable table = _tables.GetValueOrDefault(id, new StoredTable(id, name, width, precision, 0, 0, 0, 0, false));
        if (table.Width != width || table.Precision != precision)
            throw new ArgumentException($"{id}");
        return _tables[id] = table with { Name = name };
    }

    public RowLoad Load(TableId table) => _tables.ContainsKey(table) ? new Loading(this, table) : throw new ArgumentException($"{table}");

    public ApplyResult Apply(TableId table, ReadOnlySpan<RowDelta> deltas, ReadOnlySpan<RowOrigin> origins = default)
    {
        if (!origins.IsEmpty && origins.Length != deltas.Length)
            throw new ArgumentException("another number of origins");
        if (!_tables.TryGetValue(table, out StoredTable known))
            throw new ArgumentException($"{table}");
        int applied = 0, stale = 0, refused = 0, first = -1;
        ApplyRefusal why = default;
        lock (_rows)
        {
            for (int i = 0; i < deltas.Length; i++)
            {
                RowDelta delta = deltas[i];
                bool had = _rows.TryGetValue((table, delta.Key), out Row? old);
                RowPrecision precision = delta.Values.IsEmpty && !delta.IsDeletion ? delta.Precision : old is { Bytes: not null } ? old.Precision : known.Precision;
                byte[]? bytes = null;
                ApplyRefusal refusal = delta.IsDeletion ? ApplyRefusal.None : Encode(delta, known.Width, precision, out bytes);

                // A float that does not fit is found when the row is encoded, which a stale delta never is.
                if (refusal is ApplyRefusal.OutOfRange && had && delta.Version <= old!.Version)
                    refusal = ApplyRefusal.None;
                if (refusal != ApplyRefusal.None)
                {
                    if (refused++ == 0)
                        (first, why) = (i, refusal);
                }
                else if (had ? delta.Version <= old!.Version : delta.IsDeletion && delta.Version == 0)
                {
                    stale++;
                }
                else
                {
                    applied++;
                    _rows[(table, delta.Key)] = new Row(delta.Version, precision, bytes, origins.IsEmpty ? null : origins[i]);
                }
            }
        }

        return new ApplyResult(applied, stale, refused, first, why);
    }

    public void Find(TierBatch batch)
    {
        lock (_rows)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Tier(i) != RowTier.None || batch.IsDeleted(i) || !_rows.TryGetValue((batch.Table(i), batch.Key(i)), out Row? row))
                    continue;
                if (row.Bytes is null)
                    batch.FoundDeleted(i, row.Version);
                else
                    batch.Found(i, RowTier.FasterMemory, row.Version, row.Precision, row.Bytes);
            }
        }
    }

    public void Scan(TableId table, StoredRowVisitor visit)
    {
        foreach (((TableId of, ulong key), Row row) in _rows)
        {
            if (of == table && !visit(key, row.Version, row.Precision, row.Bytes, row.Bytes is null, row.Origin))
                return;
        }
    }

    public CheckpointResult Checkpoint(IReadOnlyDictionary<string, long> offsets)
    {
        Offsets = new Dictionary<string, long>(offsets);
        return new CheckpointResult(++_checkpoints, false, 0, TimeSpan.Zero);
    }

    public RowStoreSnapshot Measure() => new()
    {
        Tables = [.. _tables.Values.Select(table => table with
        {
            Rows = _rows.Count(row => row.Key.Item1 == table.Id && row.Value.Bytes is not null),
            Tombstones = _rows.Count(row => row.Key.Item1 == table.Id && row.Value.Bytes is null),
        })],
        Rows = _rows.Values.Count(row => row.Bytes is not null),
        Tombstones = _rows.Values.Count(row => row.Bytes is null),
        Checkpoint = _checkpoints,
    };

    public void Dispose()
    {
    }

    private static ApplyRefusal Encode(RowDelta delta, int width, RowPrecision precision, out byte[]? bytes)
    {
        bytes = delta.Encoded.ToArray();
        if (width == 0)
            return delta.Values.IsEmpty && bytes.Length is > 0 and <= 16_384 ? ApplyRefusal.None : ApplyRefusal.WrongLength;
        bytes = new byte[RowCodec.RowBytes(precision, width)];
        if (delta.Values.IsEmpty)
        {
            if (delta.Encoded.Length != bytes.Length)
                return ApplyRefusal.WrongLength;
            bytes = delta.Encoded.ToArray();
            return RowCodec.IsFinite(precision, bytes, width) ? ApplyRefusal.None : ApplyRefusal.NotFinite;
        }

        if (delta.Values.Length != width)
            return ApplyRefusal.WrongLength;
        if (delta.Values.ToArray().Any(value => !float.IsFinite(value)))
            return ApplyRefusal.NotFinite;
        return RowCodec.Encode(precision, delta.Values.Span, bytes).Fault == RowFault.None ? ApplyRefusal.None : ApplyRefusal.OutOfRange;
    }

    private sealed record Row(ulong Version, RowPrecision Precision, byte[]? Bytes, RowOrigin? Origin);

    private sealed class Loading(ReferenceRowStore store, TableId table) : RowLoad
    {
        public override bool IsComplete => store._tables[table].IsLoaded;

        public override long Rows => store._tables[table].LoadedRows;

        public override void Add(ReadOnlySpan<ulong> keys, RowPrecision precision, ReadOnlySpan<byte> rows)
        {
            int bytes = RowCodec.RowBytes(precision, store._tables[table].Width);
            if (rows.Length != keys.Length * bytes)
                throw new ArgumentException("another number of bytes");
            for (int i = 0; i < keys.Length; i++)
                store._rows.TryAdd((table, keys[i]), new Row(0, precision, rows.Slice(i * bytes, bytes).ToArray(), null));
            store._tables[table] = store._tables[table] with { LoadedRows = Rows + keys.Length };
        }

        public override void Complete() => store._tables[table] = store._tables[table] with { IsLoaded = true };
    }
}
