using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed partial class SharedRows
{
    private readonly Lock _shareGate = new();
    private double _shareCredit;
    private long _shareAt, _shareSkipped;

    /// <summary>
    /// Queues changed rows and deletions to be written for the other replicas; of one key the newest is written. Called before the changes are applied to
    /// this node's tables, so that no look-up can find the older row after them. Never blocks on the server.
    /// </summary>
    /// <param name="table">A served table.</param>
    /// <param name="deltas">The changes; rows given as floats are stored in the table's precision. Their memory may be reused after the call.</param>
    /// <exception cref="ArgumentException">The table is not served.</exception>
    public SharedOffer Offer(TableId table, ReadOnlySpan<RowDelta> deltas)
    {
        Shape shape = ShapeOf(table);
        int queued = 0, stale = 0, dropped = 0, coalesced = 0;
        foreach (RowDelta delta in deltas)
        {
            if (Record(delta, shape) is not { } record)
                continue;
            var id = new RowId(table, delta.Key);
            switch (_queue.Put(id, delta.Version, record))
            {
                case WriteQueue.Offer.Queued:
                    queued++;
                    break;
                case WriteQueue.Offer.Coalesced:
                    queued++;
                    coalesced++;
                    break;
                case WriteQueue.Offer.Stale:
                    stale++;
                    break;
                default:
                    dropped++;
                    break;
            }

            _answers.Forget(id);
        }

        int refused = deltas.Length - queued - stale - dropped;
        Interlocked.Add(ref _coalesced, coalesced);
        Interlocked.Add(ref _dropped, dropped);
        Interlocked.Add(ref _refused, refused);
        if (queued > 0)
            Wake();
        return new SharedOffer(queued, stale, dropped, refused);
    }

    /// <summary>
    /// Offers a row that this node promoted from its own store, so that other replicas find it here. Taken up to
    /// <see cref="SharedRowsOptions.ShareRowsPerSecond"/> and while the queue is less than half full: changes come first.
    /// </summary>
    /// <param name="table">A served table.</param>
    /// <param name="key">Row key.</param>
    /// <param name="version">Its version.</param>
    /// <param name="precision">How it is stored.</param>
    /// <param name="row">The encoded row.</param>
    /// <returns>Whether it was queued.</returns>
    /// <exception cref="ArgumentException">The table is not served.</exception>
    public bool Share(TableId table, ulong key, ulong version, RowPrecision precision, ReadOnlySpan<byte> row)
    {
        Shape shape = ShapeOf(table);
        if (_queue.Count >= _options.QueueRows / 2 || _queue.Bytes >= _options.QueueBytes / 2 || !TryTakeShareCredit())
        {
            Interlocked.Increment(ref _shareSkipped);
            return false;
        }

        if (!IsRow(precision, row, shape))
        {
            Interlocked.Increment(ref _refused);
            return false;
        }

        byte[] record = RowRecord.Create(precision, shape.Dim, version);
        row.CopyTo(record.AsSpan(RowRecord.HeaderBytes));
        bool isQueued = _queue.Put(new RowId(table, key), version, record) is WriteQueue.Offer.Queued or WriteQueue.Offer.Coalesced;
        if (isQueued)
            Wake();
        return isQueued;
    }

    private static bool IsRow(RowPrecision precision, ReadOnlySpan<byte> row, Shape shape) =>
        precision <= RowPrecision.Int2 && row.Length == RowCodec.RowBytes(precision, shape.Dim) && RowCodec.IsFinite(precision, row, shape.Dim);

    private static byte[]? Record(in RowDelta delta, Shape shape)
    {
        if (delta.IsDeletion)
            return RowRecord.CreateDeletion(delta.Version);
        if (!delta.Encoded.IsEmpty)
        {
            if (!IsRow(delta.Precision, delta.Encoded.Span, shape))
                return null;
            byte[] encoded = RowRecord.Create(delta.Precision, shape.Dim, delta.Version);
            delta.Encoded.Span.CopyTo(encoded.AsSpan(RowRecord.HeaderBytes));
            return encoded;
        }

        if (delta.Values.Length != shape.Dim)
            return null;
        byte[] record = RowRecord.Create(shape.Precision, shape.Dim, delta.Version);
        return RowCodec.Encode(shape.Precision, delta.Values.Span, record.AsSpan(RowRecord.HeaderBytes)).Ok ? record : null;
    }

    private Shape ShapeOf(TableId table) =>
        _tables.TryGetValue(table, out Shape shape) ? shape : throw new ArgumentException($"table {table} is not served", nameof(table));

    /// <summary>A bucket that fills at the stated rate and holds what a second brings.</summary>
    private bool TryTakeShareCredit()
    {
        lock (_shareGate)
        {
            long now = _time.GetTimestamp();
            double rate = _options.ShareRowsPerSecond;
            _shareCredit = Math.Min(rate, _shareCredit + (now - _shareAt) * rate / _time.TimestampFrequency);
            _shareAt = now;
            if (_shareCredit < 1)
                return false;
            _shareCredit--;
            return true;
        }
    }
}
