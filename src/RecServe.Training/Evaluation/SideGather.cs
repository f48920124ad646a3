using RecServe.Artifacts;
using RecServe.Kernels;
using RecServe.Ranking;
using RecServe.Training.Data;

namespace RecServe.Training.Evaluation;

/// <summary>Gathers the vectors of one side of samples from a package's tables, as a server gathers those of a request. Thread-safe.</summary>
public sealed class SideGather
{
    private readonly SideLayout _layout;
    private readonly Dataset _data;
    private readonly PackageTable[] _tables;
    private readonly float[][] _rows;

    /// <summary>Prepares the look-up; quantized rows are decoded once, here.</summary>
    /// <param name="layout">The side, of the package's scorer.</param>
    /// <param name="package">The package.</param>
    /// <param name="data">Samples encoded for it.</param>
    public SideGather(SideLayout layout, ModelPackage package, Dataset data)
    {
        _layout = layout;
        _data = data;
        _tables = [.. layout.Slots.Select(slot => package.Tables[slot.Field])];
        _rows = [.. _tables.Select(PackageVocabularies.Rows)];
    }

    /// <summary>Floats of a vector.</summary>
    public int Width => _layout.Width;

    /// <summary>Writes the vectors of samples [from, from + count) to the start of <paramref name="target"/>.</summary>
    /// <param name="from">First sample.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="target">[count, <see cref="Width"/>] floats at least.</param>
    public void Gather(int from, int count, Span<float> target)
    {
        target[..(count * Width)].Clear();
        for (int i = 0; i < _tables.Length; i++)
        {
            for (int r = 0; r < count; r++)
                GatherSlot(_layout.Slots[i], i, from + r, target.Slice(r * Width, Width));
        }
    }

    private void GatherSlot(FieldSlot slot, int table, int sample, Span<float> vector)
    {
        DatasetColumn column = _data.Columns[slot.Field];
        int width = _tables[table].Width, start = column.Offsets?[sample] ?? sample, end = column.Offsets?[sample + 1] ?? (sample + 1);
        for (int entry = start; entry < end; entry++)
        {
            float weight = column.Weights?[entry] ?? 1;
            int at = column.Rows[entry];
            ReadOnlySpan<float> row = at < 0 ? _tables[table].Default : _rows[table].AsSpan(at * width, width);
            RowMath.AddScaled(row, weight, vector.Slice(slot.EmbeddingOffset, slot.Dim));
            if (slot.LinearOffset >= 0)
                vector[slot.LinearOffset] += weight * row[slot.Dim];
        }
    }
}
