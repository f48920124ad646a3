using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Tests.Networks;

/// <summary>A few samples with a field of every shape: single, multi-valued with means, a number times one vector, another single one.</summary>
internal static class SmallData
{
    public static readonly (string Name, int Rows)[] Fields = [("user", 7), ("tags", 5), ("price", 1), ("item", 11)];

    public static Dataset Draw(int samples, ulong seed, bool weights, bool unseen = false)
    {
        var random = new SeededRandom(seed);
        var columns = new List<DatasetColumn>
        {
            Single(random, samples, 7, unseen),
            Multi(random, samples, 5),
            new(new int[samples], null, [.. Floats(random, samples).Select(x => (x * 2) - 1)]),
            Single(random, samples, 11, unseen),
        };
        float[] labels = [.. Floats(random, samples).Select(x => x < 0.4f ? 1f : 0f)];
        (labels[0], labels[^1]) = (1, 0);
        return new Dataset(labels, weights ? [.. Floats(random, samples).Select(x => x + 0.5f)] : null, columns[0].Rows.Select(r => Math.Max(0, r)).ToArray(), columns);
    }

    /// <summary>The same samples with labels of two more tasks, a third of them not known.</summary>
    public static Dataset WithTasks(Dataset data, ulong seed)
    {
        var random = new SeededRandom(seed);
        float[] Labels() => [.. Floats(random, data.Samples).Select(x => x < 0.33f ? float.NaN : x < 0.6f ? 1f : 0f)];
        float[] second = Labels(), third = Labels();
        (second[0], second[^1], third[0], third[^1]) = (1, 0, 1, 0);
        return data with { FurtherLabels = [second, third] };
    }

    /// <summary>The same fields as training data; dims may differ.</summary>
    public static TrainingData Data(int train, int valid, int test, params int[] dims)
    {
        FieldSchema[] fields =
        [
            new() { Name = "user", Side = FieldSide.User, Kind = FieldKind.Categorical, Dim = dims[0] },
            new() { Name = "tags", Side = FieldSide.Context, Kind = FieldKind.Multi, Dim = dims[1 % dims.Length] },
            new() { Name = "price", Side = FieldSide.Item, Kind = FieldKind.Numeric, Transform = NumericTransform.Standardize, Dim = dims[2 % dims.Length] },
            new() { Name = "item", Side = FieldSide.Item, Kind = FieldKind.Categorical, Dim = dims[3 % dims.Length] },
        ];
        return new TrainingData
        {
            Schema = new DataSchema { Name = "small", LabelColumn = "label", User = "user", Item = "item", Fields = fields },
            Encoders = [.. fields.Select(field => new FieldEncoder(field, 0.25f, 2))],
            Vocabularies = [.. fields.Select((field, f) => new FieldVocabulary(field.Kind == FieldKind.Numeric
                ? [RowKey.NumericVector] : [.. Enumerable.Range(0, Fields[f].Rows).Select(r => (ulong)r + 5)]))],
            Train = Draw(train, 1, weights: false),
            Valid = Draw(valid, 2, weights: false, unseen: true),
            Test = Draw(test, 3, weights: false, unseen: true),
            Fingerprint = "small",
        };
    }

    private static DatasetColumn Single(SeededRandom random, int samples, int rows, bool unseen) =>
        new([.. Enumerable.Range(0, samples).Select(_ => unseen && random.NextInt(5) == 0 ? -1 : random.NextInt(rows))], null, null);

    private static DatasetColumn Multi(SeededRandom random, int samples, int rows)
    {
        var offsets = new int[samples + 1];
        var entries = new List<int>();
        var weights = new List<float>();
        for (int s = 0; s < samples; s++)
        {
            int count = 1 + random.NextInt(3);
            for (int i = 0; i < count; i++)
            {
                entries.Add(random.NextInt(rows));
                weights.Add(1f / count);
            }

            offsets[s + 1] = entries.Count;
        }

        return new DatasetColumn([.. entries], offsets, [.. weights]);
    }

    private static float[] Floats(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];
}
