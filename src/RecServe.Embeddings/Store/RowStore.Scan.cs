using FASTER.core;

namespace RecServe.Embeddings;

public sealed partial class RowStore
{
    /// <inheritdoc/>
    public void Scan(TableId table, StoredRowVisitor visit)
    {
        // Space is not reclaimed meanwhile; updates go on, and those that come after the beginning are not visited.
        lock (_checkpointing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);

            // Between two updates, so that what lies below the tail is written.
            long tail;
            lock (_writer)
                tail = _log.Log.TailAddress;
            using IFasterScanIterator<RowKey, SpanByte> records = _log.Log.Scan(_log.Log.BeginAddress, tail);
            byte[] copy = new byte[StoredRecord.MaxBytes];
            while (records.GetNext(out RecordInfo info))
            {
                RowKey key = records.GetKey();
                if (key.Table != table.Value || info.Invalid)
                    continue;
                ReadOnlySpan<byte> record = records.GetValue().AsReadOnlySpan();
                if (record.Length > copy.Length)
                    continue;

                // A record in memory may be changed in place while it is copied: then its checksum does not fit, and the row is read on its own.
                record.CopyTo(copy);
                ReadOnlySpan<byte> whole = copy.AsSpan(0, record.Length);
                if (!StoredRecord.IsWhole(whole, key) && !TryRead(key, copy, out whole))
                    continue;
                bool isDeleted = StoredRecord.IsTombstone(whole);
                if (!visit(key.Key, StoredRecord.Version(whole), StoredRecord.Precision(whole), isDeleted ? [] : StoredRecord.Row(whole), isDeleted, StoredRecord.Origin(whole)))
                    return;
            }
        }
    }

    private bool TryRead(RowKey key, byte[] copy, out ReadOnlySpan<byte> record)
    {
        RowSession session = _sessions.Rent();
        try
        {
            record = copy.AsSpan(0, Math.Max(0, session.ReadNow(key, MostUnanswered)));
            session.Functions.Record.AsSpan(0, record.Length).CopyTo(copy);
            return !record.IsEmpty;
        }
        finally
        {
            _sessions.Return(session);
        }
    }
}
