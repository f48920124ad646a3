using System.Runtime.InteropServices;
using RecServe.Embeddings;
using RecServe.Features;

namespace RecServe.FeatureStore;

public sealed partial class DurableFeatureStore
{
    /// <summary>Rows that are compared with what is stored, and written, together.</summary>
    private const int Together = 512;

    private readonly Lock _writer = new();
    private readonly TierBatch _before = new();
    private readonly HashSet<(FieldSide, ulong)> _keys = [];
    private readonly List<(FeatureRow Row, ulong Key, FeatureOutcome Outcome)> _chunk = [];
    private readonly List<RowDelta> _deltas = [];

    /// <inheritdoc/>
    public FeatureApplyResult Apply(ReadOnlySpan<FeatureRow> rows, Span<FeatureOutcome> outcomes = default)
    {
        FeatureApplyResult result = default;
        lock (_writer)
        {
            for (int next = 0; next < rows.Length;)
            {
                int first = next;
                next += Take(rows[next..]);
                Compare();
                Write();
                for (int i = 0; i < _chunk.Count; i++)
                {
                    result = result.With(_chunk[i].Outcome);
                    if (!outcomes.IsEmpty)
                        outcomes[first + i] = _chunk[i].Outcome;
                }
            }
        }

        return result;
    }

    /// <summary>Takes rows up to the first whose key is among them already: what comes twice is compared with what came before it.</summary>
    private int Take(ReadOnlySpan<FeatureRow> rows)
    {
        _chunk.Clear();
        _keys.Clear();
        _before.Clear();
        foreach (FeatureRow row in rows)
        {
            ulong key = RowKey.Hash64(row.Id);
            if (_chunk.Count == Together || !_keys.Add((row.Entity, key)))
                break;
            _chunk.Add((row, key, FeatureOutcome.Applied));
            _before.Add(_tables[(int)row.Entity], key, 0);
        }

        return _chunk.Count;
    }

    /// <summary>Finds out what becomes of each row.</summary>
    private void Compare()
    {
        long unanswered = _store.UnansweredReads;
        _store.Find(_before);
        if (_store.UnansweredReads != unanswered)
            throw new RowStoreException("the feature store cannot read the rows that updates replace; its disk may be failing. The updates can come again");
        Span<(FeatureRow Row, ulong Key, FeatureOutcome Outcome)> chunk = CollectionsMarshal.AsSpan(_chunk);
        for (int i = 0; i < chunk.Length; i++)
        {
            // A deletion below does not name its id, and a row that cannot be read any more is mended by the next.
            bool isFound = _before.Tier(i) != RowTier.None;
            if (isFound && FeatureRow.Read(_before.Row(i), out FeatureRow? before) is null && !before!.Id.SequenceEqual(chunk[i].Row.Id))
            {
                chunk[i].Outcome = FeatureOutcome.Collision;
                Interlocked.Increment(ref _collisions);
            }
            else if ((isFound || _before.IsDeleted(i)) && chunk[i].Row.Version <= _before.Version(i))
            {
                chunk[i].Outcome = FeatureOutcome.Stale;
            }
        }
    }

    /// <summary>How many rows of an entity there are more after the chunk than before.</summary>
    private long Change(int entity)
    {
        long change = 0;
        for (int i = 0; i < _chunk.Count; i++)
        {
            if (_chunk[i].Outcome == FeatureOutcome.Applied && (int)_chunk[i].Row.Entity == entity)
                change += (_chunk[i].Row.IsDeletion ? 0 : 1) - (_before.Tier(i) != RowTier.None ? 1 : 0);
        }

        return change;
    }

    private void Write()
    {
        bool isWritten = false;
        foreach ((_, ulong key, FeatureOutcome outcome) in _chunk)
        {
            if (outcome == FeatureOutcome.Applied)
                _hot.Begin(key);
        }

        try
        {
            for (int entity = 0; entity < _tables.Length; entity++)
            {
                _deltas.Clear();
                foreach ((FeatureRow row, ulong key, FeatureOutcome outcome) in _chunk)
                {
                    if (outcome == FeatureOutcome.Applied && (int)row.Entity == entity)
                        _deltas.Add(row.IsDeletion ? RowDelta.Deletion(key, row.Version) : RowDelta.OfBytes(key, row.Version, row.Bytes));
                }

                if (_deltas.Count == 0)
                    continue;
                _store.Apply(_tables[entity], CollectionsMarshal.AsSpan(_deltas));
                Volatile.Write(ref _counts[entity], _counts[entity] + Change(entity));
            }

            isWritten = true;
        }
        finally
        {
            foreach ((FeatureRow row, ulong key, FeatureOutcome outcome) in _chunk)
            {
                if (outcome == FeatureOutcome.Applied && isWritten)
                    _hot.End(key, row);
                else if (outcome == FeatureOutcome.Applied)
                    _hot.Fail(key, row);
            }
        }
    }
}
