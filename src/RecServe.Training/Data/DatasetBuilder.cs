using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Gathers chosen samples of a <see cref="SampleLog"/> into a <see cref="Dataset"/>, with rows instead of keys.</summary>
internal static class DatasetBuilder
{
    /// <param name="log">All samples.</param>
    /// <param name="rows">One a field, in model order.</param>
    /// <param name="samples">The samples wanted, in order.</param>
    public static Dataset Build(SampleLog log, IReadOnlyList<FieldRows> rows, int[] samples) => new(
        [.. samples.Select(sample => log.Labels[sample])],
        log.Weights.Count == 0 ? null : [.. samples.Select(sample => log.Weights[sample])],
        log.Users.Count == 0 ? null : [.. samples.Select(sample => log.Users[sample])],
        [.. log.Columns.Select((column, field) => Column(column, rows[field], samples))])
    {
        FurtherLabels = [.. log.FurtherLabels.Select(labels => samples.Select(sample => labels[sample]).ToArray())],
    };

    /// <summary>The final weight of an entry: a standardize field's raw number is scaled now.</summary>
    public static float Weight(FieldEncoder encoder, ulong key, float weight) =>
        encoder.Field is { Kind: FieldKind.Numeric, Transform: NumericTransform.Standardize } && key == RowKey.NumericVector
            ? (weight - encoder.Mean) / encoder.Deviation
            : weight;

    private static DatasetColumn Column(EntryColumn column, FieldRows rows, int[] samples)
    {
        long entries = 0;
        foreach (int sample in samples)
            entries += column.NumbersOf(sample).Length;
        if (entries > Array.MaxLength)
            throw new DataFileException($"field '{rows.Encoder.Field.Name}' has more than {Array.MaxLength:N0} values");
        var result = new int[entries];
        bool scaled = rows.Encoder.Field is { Kind: FieldKind.Numeric, Transform: NumericTransform.Standardize };
        float[]? weights = column.IsUnweighted && !scaled ? null : new float[entries];
        int[]? offsets = column.IsSingle ? null : new int[samples.Length + 1];
        int at = 0;
        for (int s = 0; s < samples.Length; s++)
        {
            ReadOnlySpan<int> numbers = column.NumbersOf(samples[s]);
            ReadOnlySpan<float> raw = column.WeightsOf(samples[s]);
            for (int i = 0; i < numbers.Length; i++, at++)
            {
                result[at] = rows.RowOf(numbers[i]);
                if (weights is not null)
                    weights[at] = Weight(rows.Encoder, column.Keys.Keys[numbers[i]], raw.IsEmpty ? 1f : raw[i]);
            }

            if (offsets is not null)
                offsets[s + 1] = at;
        }

        return new DatasetColumn(result, offsets, weights);
    }
}
