using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Stream;

/// <summary>
/// Judges the rows of a message before they are applied: lengths, numbers, versions, rates, and how long a row is beside the one that it replaces and beside the table's rows.
/// What it refuses goes to the quarantine. One thread calls it.
/// </summary>
public sealed class UpdateFirewall(FirewallOptions options, TimeProvider time)
{
    private readonly Dictionary<TableId, NormHistory> _norms = [];
    private readonly RateGate _gate = new(options, time);
    private readonly float[] _decoded = new float[RowCodec.MaxDim];
    private ulong[] _keys = [];
    private float[] _present = [];
    private bool[] _found = [];

    /// <summary>Judges each row of a message for a table.</summary>
    /// <param name="update">The message; rows that it refuses by itself are passed over.</param>
    /// <param name="message">Where it came from.</param>
    /// <param name="table">Where it goes.</param>
    /// <param name="refused">Takes a reason for each row that must not be applied, at the row's place; entries that are set stay.</param>
    public void Judge(RowUpdate update, in UpdateMessage message, EmbeddingTable table, Span<RefusalReason> refused)
    {
        ReadOnlySpan<RowDelta> rows = update.Rows;
        if (update.ReleasedBy.Length > 0)
        {
            for (int i = 0; i < rows.Length; i++)
                refused[i] = refused[i] == RefusalReason.None ? JudgeReleased(rows[i], table.Width) : refused[i];
            return;
        }

        Look(rows, table);
        if (!_norms.TryGetValue(table.Id, out NormHistory? norms))
            _norms[table.Id] = norms = new NormHistory();
        ulong lastVersion = _gate.LastVersion;
        uint producer = UpdateOrigin.Producer(update.Producer);
        for (int i = 0; i < rows.Length; i++)
        {
            if (refused[i] != RefusalReason.None)
                continue;
            refused[i] = _gate.Judge(message, lastVersion, rows[i].Version, rows[i].Key, producer);
            if (refused[i] == RefusalReason.None && !rows[i].IsDeletion)
                refused[i] = JudgeNumbers(rows[i], i, table.Width, norms);
        }
    }

    /// <summary>Judges only what no row may ever be, for rows that a person lets in: lengths and numbers.</summary>
    public RefusalReason JudgeReleased(in RowDelta row, int width) => row.IsDeletion ? RefusalReason.None : Norm(row, width, out _);

    private void Look(ReadOnlySpan<RowDelta> rows, EmbeddingTable table)
    {
        if (options.NormJump == 0)
            return;
        if (_keys.Length < rows.Length)
            (_keys, _found) = (new ulong[rows.Length], new bool[rows.Length]);
        if (_present.Length < rows.Length * table.Width)
            _present = new float[rows.Length * table.Width];
        for (int i = 0; i < rows.Length; i++)
            _keys[i] = rows[i].Key;
        table.ReadHot(_keys.AsSpan(0, rows.Length), _present.AsSpan(0, rows.Length * table.Width), _found.AsSpan(0, rows.Length));
    }

    private RefusalReason JudgeNumbers(in RowDelta row, int index, int width, NormHistory norms)
    {
        RefusalReason reason = Norm(row, width, out double norm);
        if (reason != RefusalReason.None || options.NormJump == 0)
            return reason;
        double present = _found[index] ? Length(_present.AsSpan(index * width, width)) : 0;
        if (present > 0)
            norms.Add(present);
        double limit = options.NormJump * Math.Max(present, norms.Usual);

        // Nothing is known of the table yet, or all of its rows are zero: there is nothing to jump from.
        if (limit > 0 && norm > limit)
            return RefusalReason.NormJump;
        norms.Add(norm);
        return RefusalReason.None;
    }

    private RefusalReason Norm(in RowDelta row, int width, out double norm)
    {
        norm = 0;
        ReadOnlySpan<float> values = row.Values.Span;
        if (values.IsEmpty)
        {
            if (row.Encoded.Length != RowCodec.RowBytes(row.Precision, width))
                return RefusalReason.WrongLength;
            if (!RowCodec.IsFinite(row.Precision, row.Encoded.Span, width))
                return RefusalReason.NotFinite;
            RowCodec.Decode(row.Precision, row.Encoded.Span, _decoded.AsSpan(0, width));
            values = _decoded.AsSpan(0, width);
        }

        if (values.Length != width)
            return RefusalReason.WrongLength;

        // Squares of finite 32-bit floats stay finite in 64 bits: the length is infinite or NaN exactly if a number is.
        norm = Length(values);
        return double.IsFinite(norm) ? RefusalReason.None : RefusalReason.NotFinite;
    }

    private static double Length(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
