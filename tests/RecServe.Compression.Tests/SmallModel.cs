using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Compression.Tests;

/// <summary>A trained package of any kind over fields of every shape (single, bag with means, bag with sums, number), and samples for it.</summary>
internal static class SmallModel
{
    private static readonly FieldSchema[] Fields =
    [
        new() { Name = "user", Side = FieldSide.User, Kind = FieldKind.Categorical, Dim = 4 },
        new() { Name = "tags", Side = FieldSide.Context, Kind = FieldKind.Multi, Dim = 4, Pool = Pooling.Sum },
        new() { Name = "price", Side = FieldSide.Item, Kind = FieldKind.Numeric, Transform = NumericTransform.Standardize, Dim = 4 },
        new() { Name = "item", Side = FieldSide.Item, Kind = FieldKind.Categorical, Dim = 4 },
        new() { Name = "maker", Side = FieldSide.Item, Kind = FieldKind.Categorical, Dim = 4 },
    ];

    /// <param name="kind">What is trained.</param>
    /// <param name="samples">Training samples.</param>
    /// <param name="seed">Decides them and the training.</param>
    /// <param name="crossExperts">Low-rank experts of cross layers; 0 for full matrices.</param>
    public static (ModelPackage Package, TrainingData Data) Train(ModelKind kind, int samples = 600, ulong seed = 1, int crossExperts = 0)
    {
        ulong[] Keys(int count) => [.. Enumerable.Range(0, count).Select(r => r == 0 ? RowKey.Unknown : (ulong)r + 5)];
        var data = new TrainingData
        {
            Schema = new DataSchema { Name = "small", LabelColumn = "label", User = "user", Item = "item", Fields = Fields },
            Encoders = [.. Fields.Select(field => new FieldEncoder(field, 0.25f, 2))],
            Vocabularies = [new(Keys(9)), new(Keys(6)), new([RowKey.NumericVector]), new(Keys(13)), new(Keys(5))],
            Train = Draw(samples, seed),
            Valid = Draw(300, seed + 1),
            Test = Draw(300, seed + 2),
            Fingerprint = "small",
        };
        var options = new TrainingOptions
        {
            Model = kind, EmbeddingDeviation = 0.3f, LearningRate = 0.01f, BatchSize = 128, Epochs = 4, Seed = seed,
            Hidden = kind is ModelKind.Lr or ModelKind.Fm ? [] : [7, 5], BatchNorm = true, CrossLayers = kind is ModelKind.DcnV2 or ModelKind.DcnV2Stacked ? 2 : 0,
            CrossExperts = crossExperts, CrossRank = crossExperts > 0 ? 3 : 0,
        };
        return (Trainer.Train(data, options).Package, data);
    }

    private static Dataset Draw(int samples, ulong seed)
    {
        var random = new SeededRandom(seed);
        int[] users = Rows(random, samples, 9), items = Rows(random, samples, 13), makers = Rows(random, samples, 5);
        var offsets = new int[samples + 1];
        var tags = new List<int>();
        for (int s = 0; s < samples; s++)
        {
            tags.AddRange(Rows(random, 1 + random.NextInt(3), 6));
            offsets[s + 1] = tags.Count;
        }

        float[] prices = [.. Enumerable.Range(0, samples).Select(_ => (float)random.NextGaussian())];
        float[] labels = [.. users.Select((user, s) => random.NextDouble() < 1 / (1 + Math.Exp(-(((user + items[s]) % 5) - 2 + prices[s]))) ? 1f : 0f)];
        return new Dataset(labels, null, users, [
            new(users, null, null), new([.. tags], offsets, null), new(new int[samples], null, prices), new(items, null, null), new(makers, null, null),
        ]);
    }

    private static int[] Rows(SeededRandom random, int count, int rows) => [.. Enumerable.Range(0, count).Select(_ => random.NextInt(rows))];
}
