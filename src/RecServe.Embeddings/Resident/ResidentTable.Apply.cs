using System.Runtime.CompilerServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class ResidentTable
{
    // Deltas whose slots are asked for together: two memory accesses each that depend on each other, otherwise waited for one by one.
    private const int ApplyGroup = 32;

    private readonly Lock _writer = new();
    private readonly byte[] _encoded;
    private readonly float[] _decoded;

    /// <summary>
    /// Applies row deltas; the one door for writes. A gather that begins after the call sees them all. A delta not newer than the row it
    /// replaces (or than the key's deletion) is ignored, so a batch can come twice and batches in any order. Other writers wait.
    /// </summary>
    public ApplyResult Apply(ReadOnlySpan<RowDelta> deltas)
    {
        int applied = 0, stale = 0, refused = 0, firstRefused = -1;
        ApplyRefusal firstRefusal = ApplyRefusal.None;
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            SettleBatch();
            FoldOneLagging();
            long oldestReader = _epochs.Oldest();
            int displaced = _moving.Count;
            for (int i = 0; i < deltas.Length; i++)
            {
                if (_moving.Count - displaced >= SettleEvery)
                    (oldestReader, displaced) = (SettleSoon(), _moving.Count);
                if (i % ApplyGroup == 0)
                    Ask(deltas.Slice(i, Math.Min(ApplyGroup, deltas.Length - i)));
                ref readonly RowDelta delta = ref deltas[i];
                ApplyRefusal refusal = delta.IsDeletion ? ApplyRefusal.None : Encode(delta, _encoded, _decoded);
                if (refusal != ApplyRefusal.None)
                {
                    if (refused++ == 0)
                        (firstRefused, firstRefusal) = (i, refusal);
                    continue;
                }

                bool changed = delta.IsDeletion ? Delete(delta.Key, delta.Version) : Store(delta.Key, delta.Version, _encoded, oldestReader);
                applied += changed ? 1 : 0;
                stale += changed ? 0 : 1;
                if (_moving.Count >= MostMoving)
                    oldestReader = SettleAll();
            }

            if (_moving.Count - displaced >= WorthAWait)
                SettleSoon();
            else
                _epochs.Advance();
        }

        return new ApplyResult(applied, stale, refused, firstRefused, firstRefusal);
    }

    /// <summary>Asks for the memory that deltas will need: their pilots, then their slots and versions.</summary>
    private void Ask(ReadOnlySpan<RowDelta> deltas)
    {
        ulong* hashes = stackalloc ulong[ApplyGroup];
        for (int i = 0; i < deltas.Length; i++)
        {
            hashes[i] = _directory.Hash.Of(deltas[i].Key);
            _directory.PartOf(hashes[i]).AskForPilot(hashes[i]);
        }

        for (int i = 0; i < deltas.Length; i++)
            _directory.PartOf(hashes[i]).AskForSlot(hashes[i]);
    }

    private ApplyRefusal Encode(in RowDelta delta, Span<byte> encoded, float[] decoded)
    {
        ApplyRefusal refusal = RowDeltaNumbers.Read(delta, Dim, decoded, out ReadOnlySpan<float> numbers);
        if (refusal != ApplyRefusal.None)
            return refusal;

        // A row that comes in the table's own precision is kept to the byte.
        if (delta.Values.IsEmpty && delta.Precision == Precision)
        {
            delta.Encoded.Span.CopyTo(encoded);
            return ApplyRefusal.None;
        }

        return RowDeltaNumbers.Refusal(RowCodec.Encode(Precision, numbers, encoded).Fault);
    }

    private bool Store(ulong key, ulong version, ReadOnlySpan<byte> encoded, long oldestReader)
    {
        ulong hash = _directory.Hash.Of(key);
        TablePart part = _directory.PartOf(hash);
        DeltaMap delta = part.Delta;
        var row = new DeltaRow { Key = key, Version = version, Epoch = _epochs.Current, Slot = -1, State = DeltaState.New };
        int old = delta.Find(key, hash), slot = part.SlotOf(hash);
        bool inSlot = part.KeyAt(slot) == key;
        if (old > 0)
        {
            if (version <= delta[old].Version)
                return false;
            row.Slot = delta[old].Slot;
            inSlot = delta[old].State == DeltaState.Restored;
        }
        else if (inSlot)
        {
            if (version <= part.VersionAt(slot))
                return false;
            row.Slot = slot;
        }
        else if (delta.IsDeleted(key, out ulong deleted) && version <= deleted)
        {
            return false;
        }

        // Order matters to readers: the new row can be found in the delta before the mark sends them there.
        row.State = row.Slot >= 0 ? DeltaState.Displaced : DeltaState.New;
        int number = delta.Put(row, hash, encoded, oldestReader);
        if (inSlot)
            part.Mark(slot);
        if (row.Slot >= 0)
            _moving.Enqueue(new MovingRow(part, number, row.Epoch));
        else if (delta.NewRows > FoldAt(part))
            Fold(part);
        return true;
    }

    private bool Delete(ulong key, ulong version)
    {
        ulong hash = _directory.Hash.Of(key);
        TablePart part = _directory.PartOf(hash);
        DeltaMap delta = part.Delta;
        int old = delta.Find(key, hash), slot = part.SlotOf(hash);
        bool inSlot = part.KeyAt(slot) == key;
        ulong had = 0;
        if (old > 0)
            had = delta[old].Version;
        else if (inSlot)
            had = part.VersionAt(slot);
        else if (!delta.IsDeleted(key, out had))
            had = 0;
        if (version <= had)
            return false;

        // The slot first: a reader between the two steps still finds the row in the delta.
        if (inSlot)
            part.Mark(slot);
        if (old > 0)
            delta.Remove(old, hash, _epochs.Current);
        delta.SetDeleted(key, version);
        return true;
    }
}
