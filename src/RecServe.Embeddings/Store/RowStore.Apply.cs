using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed partial class RowStore
{
    private readonly Lock _writer = new();
    private readonly float[] _decoded = new float[RowCodec.MaxDim];
    private WriteBatch _writing = null!;

    /// <inheritdoc/>
    public ApplyResult Apply(TableId table, ReadOnlySpan<RowDelta> deltas, ReadOnlySpan<RowOrigin> origins = default)
    {
        if (!origins.IsEmpty && origins.Length != deltas.Length)
            throw new ArgumentException($"{deltas.Length} deltas have {origins.Length} origins", nameof(origins));
        int applied = 0, stale = 0, refused = 0, firstRefused = int.MaxValue;
        ApplyRefusal firstRefusal = ApplyRefusal.None;
        lock (_writer)
        {
            TableState state = BeginWriting(table);
            Span<int> places = stackalloc int[WriteBatch.Capacity];
            for (int i = 0; i < deltas.Length; i++)
            {
                ref readonly RowDelta delta = ref deltas[i];
                ReadOnlySpan<float> numbers = [];
                ApplyRefusal refusal = delta.IsDeletion ? ApplyRefusal.None : RowDeltaNumbers.Read(delta, state.Table.Width, _decoded, out numbers);
                if (refusal != ApplyRefusal.None)
                {
                    Refuse(i, refusal);
                    continue;
                }

                (ChangeKind kind, RowPrecision precision) = delta switch
                {
                    { IsDeletion: true } => (ChangeKind.Deletion, state.Table.Precision),
                    { Values.IsEmpty: false } => (ChangeKind.Floats, state.Table.Precision),
                    _ => (ChangeKind.Encoded, delta.Precision),
                };
                ReadOnlySpan<byte> payload = kind switch
                {
                    ChangeKind.Deletion => [],
                    ChangeKind.Floats => MemoryMarshal.AsBytes(numbers),
                    _ => delta.Encoded.Span,
                };
                if (_writing.IsFull(payload.Length))
                {
                    Finish(places);
                    _device.ReleaseHeld();
                }

                places[_writing.Count] = i;
                _writing.Add(new RowKey(table.Value, delta.Key), kind, delta.Version, precision, state.Table.Width, payload,
                    origins.IsEmpty ? null : origins[i]);
            }

            Finish(places);

            void Finish(Span<int> places)
            {
                EndWriting(state);
                for (int j = 0; j < _writing.Count; j++)
                {
                    ref readonly ChangeOutcome outcome = ref _writing.Outcome(j);
                    applied += outcome.Kind == OutcomeKind.Applied ? 1 : 0;
                    stale += outcome.Kind == OutcomeKind.Stale ? 1 : 0;
                    if (outcome.Kind == OutcomeKind.Refused)
                        Refuse(places[j], outcome.Refusal);
                }

                _writing.Clear();
            }

            void Refuse(int place, ApplyRefusal refusal)
            {
                refused++;
                if (place < firstRefused)
                    (firstRefused, firstRefusal) = (place, refusal);
            }
        }

        return new ApplyResult(applied, stale, refused, refused == 0 ? -1 : firstRefused, firstRefusal);
    }

    /// <summary>The table to write to, if writing is possible; under the writer's lock.</summary>
    private TableState BeginWriting(TableId table)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failure is not null)
            throw new RowStoreException(_failure);
        if (!_tables.TryGetValue(table, out TableState? state))
            throw new ArgumentException($"table {table} is not registered", nameof(table));

        // While pages wait for a full disk no more are made, or memory would fill up with them.
        _device.ReleaseHeld();
        _readErrorsAtStart = _device.ReadErrors;
        _writing.Clear();
        return state;
    }

    /// <summary>Waits for the changes of the batch and counts them.</summary>
    private void EndWriting(TableState state)
    {
        _writing.Complete();
        bool unreadable = false;
        for (int j = 0; j < _writing.Count; j++)
        {
            ref readonly ChangeOutcome outcome = ref _writing.Outcome(j);
            if (outcome.Kind == OutcomeKind.Applied)
                state.Count(outcome, _writing.IsDeletion(j));
            unreadable |= outcome.Kind is OutcomeKind.Unreadable or OutcomeKind.None;
        }

        if (unreadable)
            throw new RowStoreException($"the row store in {_options.Directory} cannot read rows that updates replace; its disk may be failing. The updates can come again");
    }
}
