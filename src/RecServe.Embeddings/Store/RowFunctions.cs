using FASTER.core;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// What FASTER does to rows, one instance a session. Values are copied, never kept by reference: the default functions would store the pointer. FASTER may
/// call any of these again for the same change (when another thread came between), so each leaves the outcome as if it were the only call.
/// </summary>
internal sealed unsafe class RowFunctions : FunctionsBase<RowKey, SpanByte, RowChange, int, int>
{
    private readonly byte[] _row = new byte[4 * RowCodec.MaxDim];
    private long _damaged;

    /// <summary>Receives the rows that are read from disk; set while a batch is looked up.</summary>
    public TierBatch? Batch { get; set; }

    /// <summary>The record that was read last.</summary>
    public byte[] Record { get; } = new byte[StoredRecord.MaxBytes];

    /// <summary>Bytes of the record that came from disk last; 0 if there was none, negative if it is damaged.</summary>
    public int LastLength { get; private set; }

    /// <summary>Reads that waited for the disk and were answered, found or not.</summary>
    public long Answered { get; private set; }

    /// <summary>What became of each change of the batch.</summary>
    public ChangeOutcome[] Outcomes { get; set; } = [];

    /// <summary>Receives every record that is written; null where nothing is.</summary>
    public ChangeJournal? Journal { get; set; }

    /// <summary>Whether a read has failed since the batch began: a row that is not found may then be there.</summary>
    public Func<bool> HasReadErrors { get; set; } = () => false;

    /// <summary>Records whose checksum was wrong.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>A row keeps its precision; one that comes encoded brings its own.</summary>
    public static RowPrecision TargetPrecision(ReadOnlySpan<byte> old, in RowChange change) =>
        change.Kind == ChangeKind.Floats && old.Length >= StoredRecord.HeaderBytes && !StoredRecord.IsTombstone(old)
            ? StoredRecord.Precision(old)
            : change.Precision;

    public override bool SingleReader(ref RowKey key, ref RowChange input, ref SpanByte value, ref int dst, ref ReadInfo readInfo) => Copy(key, ref value, out dst);

    public override bool ConcurrentReader(ref RowKey key, ref RowChange input, ref SpanByte value, ref int dst, ref ReadInfo readInfo) => Copy(key, ref value, out dst);

    public override void ReadCompletionCallback(ref RowKey key, ref RowChange input, ref int output, int ctx, Status status, RecordMetadata recordMetadata)
    {
        Answered++;
        LastLength = status.Found ? output : 0;
        if (LastLength > 0 && Batch is not null)
            Deliver(ctx, output, RowTier.FasterDisk);
    }

    /// <summary>Puts the record that was read last into the batch.</summary>
    public void Deliver(int index, int length, RowTier tier)
    {
        ReadOnlySpan<byte> record = Record.AsSpan(0, length);
        if (StoredRecord.IsTombstone(record))
            Batch!.FoundDeleted(index, StoredRecord.Version(record));
        else
            Batch!.Found(index, tier, StoredRecord.Version(record), StoredRecord.Precision(record), StoredRecord.Row(record));
    }

    public override bool NeedInitialUpdate(ref RowKey key, ref RowChange input, ref int output, ref RMWInfo rmwInfo)
    {
        ref ChangeOutcome outcome = ref Outcomes[input.Index];
        outcome = default;
        if (HasReadErrors())
            outcome.Kind = OutcomeKind.Unreadable;
        else if (input.Kind == ChangeKind.Deletion && input.Version == 0)
            outcome.Kind = OutcomeKind.Stale;
        else
            return Encode(input, input.Precision, ref outcome);
        return false;
    }

    public override bool InitialUpdater(ref RowKey key, ref RowChange input, ref SpanByte value, ref int output, ref RMWInfo rmwInfo)
    {
        Write(key, input, input.Precision, ref value);
        return true;
    }

    public override bool NeedCopyUpdate(ref RowKey key, ref RowChange input, ref SpanByte oldValue, ref int output, ref RMWInfo rmwInfo) =>
        Replaces(key, input, oldValue.AsReadOnlySpan());

    public override bool CopyUpdater(ref RowKey key, ref RowChange input, ref SpanByte oldValue, ref SpanByte newValue, ref int output, ref RMWInfo rmwInfo)
    {
        RowPrecision precision = TargetPrecision(oldValue.AsReadOnlySpan(), input);
        Write(key, input, precision, ref newValue);
        return true;
    }

    public override bool InPlaceUpdater(ref RowKey key, ref RowChange input, ref SpanByte value, ref int output, ref RMWInfo rmwInfo)
    {
        ReadOnlySpan<byte> old = value.AsReadOnlySpan();
        RowPrecision precision = TargetPrecision(old, input);
        if (input.RecordBytes(precision) != old.Length)
            return false;
        if (Replaces(key, input, old))
            Write(key, input, precision, ref value);
        return true;
    }

    /// <summary>For compaction, which moves records.</summary>
    public override bool SingleWriter(ref RowKey key, ref RowChange input, ref SpanByte src, ref SpanByte dst, ref int output, ref UpsertInfo upsertInfo, WriteReason reason) =>
        src.TryCopyTo(ref dst);

    public override bool ConcurrentWriter(ref RowKey key, ref RowChange input, ref SpanByte src, ref SpanByte dst, ref int output, ref UpsertInfo upsertInfo) => false;

    // By reference all the way: in the log the bytes stand behind the length, and a copy of the struct has others behind it.
    private bool Copy(RowKey key, ref SpanByte value, out int length)
    {
        ReadOnlySpan<byte> record = value.AsReadOnlySpan();
        length = -1;
        if (record.Length <= Record.Length && StoredRecord.IsWhole(record, key))
        {
            record.CopyTo(Record);
            length = record.Length;
            return true;
        }

        Interlocked.Increment(ref _damaged);
        return true;
    }

    private bool Replaces(RowKey key, in RowChange change, ReadOnlySpan<byte> old)
    {
        ref ChangeOutcome outcome = ref Outcomes[change.Index];
        outcome = default;
        (outcome.OldBytes, outcome.OldIsTombstone) = (old.Length, old.Length >= StoredRecord.HeaderBytes && StoredRecord.IsTombstone(old));

        // A damaged record says nothing of its version: any update mends it.
        if (!StoredRecord.IsWhole(old, key))
        {
            Interlocked.Increment(ref _damaged);
        }
        else if (change.Version <= StoredRecord.Version(old))
        {
            outcome.Kind = OutcomeKind.Stale;
            return false;
        }

        return Encode(change, TargetPrecision(old, change), ref outcome);
    }

    private bool Encode(in RowChange change, RowPrecision precision, ref ChangeOutcome outcome)
    {
        outcome.NewBytes = change.RecordBytes(precision);
        outcome.Kind = OutcomeKind.Applied;
        if (change.Kind != ChangeKind.Floats)
            return true;
        RowFault fault = RowCodec.Encode(precision, new ReadOnlySpan<float>(change.Payload, change.Width),
            _row.AsSpan(0, RowCodec.RowBytes(precision, change.Width))).Fault;
        if (fault == RowFault.None)
            return true;
        (outcome.Kind, outcome.Refusal) = (OutcomeKind.Refused, RowDeltaNumbers.Refusal(fault));
        return false;
    }

    /// <summary>Writes the record; floats were encoded just before, by this thread, in <see cref="Encode"/>.</summary>
    private void Write(RowKey key, in RowChange change, RowPrecision precision, ref SpanByte value)
    {
        Span<byte> record = value.AsSpan();
        int rowBytes = record.Length - StoredRecord.Bytes(0, change.Origin.HasValue);
        ReadOnlySpan<byte> row = change.Kind == ChangeKind.Encoded ? new ReadOnlySpan<byte>(change.Payload, change.PayloadBytes) : _row.AsSpan(0, rowBytes);
        row.CopyTo(record[StoredRecord.HeaderBytes..]);
        StoredRecord.Complete(record, key, change.Version, precision, change.Kind == ChangeKind.Deletion, change.Origin);
        Journal?.Add(key, record);
    }
}
