using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Which keys of a field have a row, decided by the training samples alone, and the row of every key that was read.</summary>
internal sealed class FieldRows
{
    private readonly int[] _rowOfNumber;

    private FieldRows(FieldVocabulary vocabulary, KeyIndex keys, FieldEncoder encoder)
    {
        Vocabulary = vocabulary;
        Encoder = encoder;
        _rowOfNumber = [.. keys.Keys.Select(vocabulary.RowOf)];
    }

    public FieldVocabulary Vocabulary { get; }

    /// <summary>The encoder, with the training data's mean and deviation.</summary>
    public FieldEncoder Encoder { get; }

    /// <summary>Row of a key's number, −1 for the default row.</summary>
    public int RowOf(int number) => _rowOfNumber[number];

    /// <summary>Rows that already exist (a package's).</summary>
    public static FieldRows Of(FieldVocabulary vocabulary, FieldEncoder encoder, EntryColumn column) => new(vocabulary, column.Keys, encoder);

    /// <summary>Rows from the training samples: values met at least min_count times, the unknown row where rarer ones were met, the missing row where values were missing.</summary>
    public static FieldRows FromTraining(FieldSchema field, EntryColumn column, ReadOnlySpan<int> train)
    {
        var counts = new long[column.Keys.Keys.Count];
        foreach (int sample in train)
        {
            foreach (int number in column.NumbersOf(sample))
                counts[number]++;
        }

        var keys = new HashSet<ulong>();
        bool isVector = field.Kind == FieldKind.Numeric && field.Transform != NumericTransform.LogSquaredBucket;
        if (isVector)
            keys.Add(RowKey.NumericVector);
        for (int bucket = 0; bucket < field.HashBuckets; bucket++)
            keys.Add(2 + (ulong)bucket);
        for (int number = 0; number < counts.Length; number++)
        {
            ulong key = column.Keys.Keys[number];
            if (counts[number] > 0)
                keys.Add(key == RowKey.Missing || counts[number] >= field.MinCount ? key : RowKey.Unknown);
        }

        ulong[] ascending = [.. keys];
        Array.Sort(ascending);
        (float mean, float deviation) = isVector && field.Transform == NumericTransform.Standardize ? Moments(column, train) : (0, 1);
        return new FieldRows(new FieldVocabulary(ascending), column.Keys, new FieldEncoder(field, mean, deviation));
    }

    // Mean and population deviation of the values given, in file order; a constant (or absent) column is not scaled.
    private static (float Mean, float Deviation) Moments(EntryColumn column, ReadOnlySpan<int> train)
    {
        double sum = 0, squares = 0;
        long count = 0;
        foreach (double value in Values(column, train.ToArray()))
        {
            sum += value;
            count++;
        }

        if (count == 0)
            return (0, 1);
        double mean = sum / count;
        foreach (double value in Values(column, train.ToArray()))
            squares += (value - mean) * (value - mean);
        float deviation = (float)Math.Sqrt(squares / count);
        return ((float)mean, deviation > 0 && float.IsFinite(deviation) ? deviation : 1);
    }

    private static IEnumerable<double> Values(EntryColumn column, int[] train)
    {
        foreach (int sample in train)
        {
            if (column.Keys.Keys[column.NumbersOf(sample)[0]] == RowKey.NumericVector)
                yield return column.WeightsOf(sample) is [var weight, ..] ? weight : 1;
        }
    }
}
