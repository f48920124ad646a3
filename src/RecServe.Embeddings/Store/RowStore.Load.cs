using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed partial class RowStore
{
    /// <inheritdoc/>
    public RowLoad Load(TableId table)
    {
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _tables.TryGetValue(table, out TableState? state)
                ? new Loading(this, state)
                : throw new ArgumentException($"table {table} is not registered", nameof(table));
        }
    }

    private sealed class Loading(RowStore store, TableState state) : RowLoad
    {
        public override bool IsComplete => state.Table.IsLoaded;

        public override long Rows => state.Table.LoadedRows;

        public override void Add(ReadOnlySpan<ulong> keys, RowPrecision precision, ReadOnlySpan<byte> rows)
        {
            int rowBytes = RowCodec.RowBytes(precision, state.Table.Width);
            if (rows.Length != (long)keys.Length * rowBytes)
                throw new ArgumentException($"{keys.Length} rows of {rowBytes} bytes need {(long)keys.Length * rowBytes} bytes, not {rows.Length}", nameof(rows));

            // Other writers come between two batches: an import of many rows does not hold updates up.
            for (int from = 0, count; from < keys.Length; from += count)
            {
                count = Math.Min(WriteBatch.Capacity, keys.Length - from);
                lock (store._writer)
                {
                    store.BeginWriting(state.Table.Id);
                    for (int i = from; i < from + count; i++)
                    {
                        if (store._writing.IsFull(rowBytes))
                            Finish();
                        store._writing.Add(new RowKey(state.Table.Id.Value, keys[i]), ChangeKind.Encoded, 0, precision, state.Table.Width,
                            rows.Slice(i * rowBytes, rowBytes), null);
                    }

                    Finish();
                    state.Table = state.Table with { LoadedRows = state.Table.LoadedRows + count };
                }
            }
        }

        public override void Complete()
        {
            lock (store._writer)
                state.Table = state.Table with { IsLoaded = true };
        }

        private void Finish()
        {
            store.EndWriting(state);
            store._writing.Clear();
        }
    }
}
