using RecServe.Kernels;
using RecServe.Training.Data;

namespace RecServe.Training.Networks;

/// <summary>
/// Tables of all fields: gathers the concatenated embeddings and the sum of first-order weights of each sample, and scatters gradients
/// back. Row −1 reads the field's default row.
/// </summary>
internal sealed class EmbeddingLayer
{
    private readonly NetworkShape _shape;
    private readonly int _width;
    private readonly ParameterStore _parameters;
    private readonly int[] _tables;
    private readonly int[] _inputs;
    private readonly float[][] _defaults;
    private readonly double[][] _lookups;

    /// <summary>Makes the layer and counts how often the training samples look up each row.</summary>
    public EmbeddingLayer(NetworkShape shape, ParameterStore parameters, Dataset train)
    {
        _shape = shape;
        _width = shape.InputWidth;
        _parameters = parameters;
        _tables = [.. shape.Fields.Select(f => parameters[$"table.{f.Name}"].Offset)];
        _inputs = new int[shape.Fields.Count];
        for (int f = 1; f < _inputs.Length; f++)
            _inputs[f] = _inputs[f - 1] + shape.Fields[f - 1].Dim;
        _defaults = [.. shape.Fields.Select(f => new float[f.Width])];
        _lookups = [.. shape.Fields.Select((f, i) => TableAverages.CountLookups(train.Columns[i], f.Rows))];
    }

    /// <summary>First float of a field in the concatenated embeddings.</summary>
    public int InputOf(int field) => _inputs[field];

    /// <summary>Default row of a field as of the last <see cref="RefreshDefaults"/>.</summary>
    public ReadOnlySpan<float> DefaultOf(int field) => _defaults[field];

    /// <summary>Sets the default rows to the mean of the rows over all training look-ups, with the parameters as they are.</summary>
    public void RefreshDefaults()
    {
        for (int f = 0; f < _defaults.Length; f++)
            TableAverages.MeanRow(_parameters.Values.AsSpan(_tables[f], _shape.Fields[f].Rows * _shape.Fields[f].Width), _lookups[f], _defaults[f]);
    }

    /// <summary>Gathers rows [from, to) of a batch.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="from">First position.</param>
    /// <param name="to">One past the last position.</param>
    /// <param name="inputs">[batch, InputWidth]; rows from to to − 1 are written.</param>
    /// <param name="linear">Sum of first-order weights of each position.</param>
    public void Gather(in SampleBatch batch, int from, int to, float[] inputs, float[] linear)
    {
        for (int r = from; r < to; r++)
        {
            int sample = batch[r];
            Span<float> row = inputs.AsSpan(r * _width, _width);
            float sum = 0;
            for (int f = 0; f < _tables.Length; f++)
                sum += GatherField(batch.Data.Columns[f], f, sample, row.Slice(_inputs[f], _shape.Fields[f].Dim));
            linear[r] = sum;
        }
    }

    /// <summary>Adds the gradients of one field's rows, sample after sample.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="field">The field.</param>
    /// <param name="inputGradient">Gradient of the concatenated embeddings, [batch, InputWidth].</param>
    /// <param name="logitGradient">Gradient of each logit.</param>
    public void Scatter(in SampleBatch batch, int field, float[] inputGradient, float[] logitGradient)
    {
        FieldShape shape = _shape.Fields[field];
        DatasetColumn column = batch.Data.Columns[field];
        int dim = shape.Dim;
        Span<float> table = _parameters.Gradients.AsSpan(_tables[field], shape.Rows * shape.Width);
        for (int r = 0; r < batch.Count; r++)
        {
            int sample = batch[r], start = column.Offsets?[sample] ?? sample, end = column.Offsets?[sample + 1] ?? (sample + 1);
            ReadOnlySpan<float> gradient = inputGradient.AsSpan((r * _width) + _inputs[field], dim);
            for (int entry = start; entry < end; entry++)
            {
                float weight = column.Weights?[entry] ?? 1;
                Span<float> row = table.Slice(column.Rows[entry] * shape.Width, shape.Width);
                for (int i = 0; i < dim; i++)
                    row[i] += weight * gradient[i];
                if (shape.Linear)
                    row[dim] += weight * logitGradient[r];
            }
        }
    }

    private float GatherField(DatasetColumn column, int field, int sample, Span<float> target)
    {
        FieldShape shape = _shape.Fields[field];
        if (column.Offsets is null && column.Weights is null)
        {
            ReadOnlySpan<float> row = RowOf(field, column.Rows[sample]);
            row[..shape.Dim].CopyTo(target);
            return shape.Linear ? row[shape.Dim] : 0;
        }

        int start = column.Offsets?[sample] ?? sample, end = column.Offsets?[sample + 1] ?? (sample + 1);
        float linear = 0;
        target.Clear();
        for (int entry = start; entry < end; entry++)
        {
            ReadOnlySpan<float> row = RowOf(field, column.Rows[entry]);
            float weight = column.Weights?[entry] ?? 1;
            RowMath.AddScaled(row, weight, target);
            if (shape.Linear)
                linear += weight * row[shape.Dim];
        }

        return linear;
    }

    private ReadOnlySpan<float> RowOf(int field, int row)
    {
        int width = _shape.Fields[field].Width;
        return row < 0 ? _defaults[field] : _parameters.Values.AsSpan(_tables[field] + (row * width), width);
    }
}
