using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed partial class MixedTable
{
    /// <inheritdoc/>
    /// <remarks>
    /// A key stays in the part that knows it, also by its deletion, so that its versions are compared in one place. A new key takes the precision of the most rows.
    /// </remarks>
    public ApplyResult Apply(ReadOnlySpan<RowDelta> deltas)
    {
        lock (_writer)
        {
            var byPart = new List<(RowDelta Delta, int Index)>[_parts.Length];
            for (int i = 0; i < deltas.Length; i++)
            {
                ulong key = deltas[i].Key;
                int part = Array.FindIndex(_parts, known => known.Known(key) is not null);
                (byPart[part >= 0 ? part : Array.IndexOf(_parts, _home)] ??= []).Add((deltas[i], i));
            }

            var total = new ApplyResult(0, 0, 0, -1, ApplyRefusal.None);
            for (int p = 0; p < _parts.Length; p++)
            {
                if (byPart[p] is { } part)
                    total = Add(total, _parts[p].Apply([.. part.Select(d => d.Delta)]), part);
            }

            return total;
        }
    }

    /// <inheritdoc/>
    public bool Promote(ulong key, ulong version, RowPrecision precision, ReadOnlySpan<byte> row, long stamp)
    {
        RowDelta delta = RowDelta.OfEncoded(key, version, precision, row.ToArray());
        return Apply(new ReadOnlySpan<RowDelta>(in delta)).Applied == 1;
    }

    private static ApplyResult Add(ApplyResult total, ApplyResult part, List<(RowDelta Delta, int Index)> deltas)
    {
        int refused = part.FirstRefused < 0 ? -1 : deltas[part.FirstRefused].Index;
        bool first = refused >= 0 && (total.FirstRefused < 0 || refused < total.FirstRefused);
        return new ApplyResult(total.Applied + part.Applied, total.Stale + part.Stale, total.Refused + part.Refused,
            first ? refused : total.FirstRefused, first ? part.Refusal : total.Refusal);
    }
}
