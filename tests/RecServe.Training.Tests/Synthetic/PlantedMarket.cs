using RecServe.Features;
using RecServe.Training.Data;
using RecServe.Training.Metrics;

namespace RecServe.Training.Tests.Synthetic;

/// <summary>
/// Data with a planted factorization machine: each value of each field has a bias and a hidden vector, the label is drawn from the sigmoid
/// of their sums and inner products. Values follow a Zipf law.
/// </summary>
internal sealed class PlantedMarket
{
    private readonly int[] _rows;
    private readonly double[][] _bias;
    private readonly double[][][] _taste;
    private readonly double[][] _cumulative;
    private readonly SeededRandom _random;
    private readonly double _strength;

    public PlantedMarket(int[] rows, ulong seed, double strength = 1.5, int taste = 4)
    {
        _rows = rows;
        _random = new SeededRandom(seed);
        _strength = strength;
        _bias = [.. rows.Select(n => Draw(n, 0.5))];
        _taste = [.. rows.Select(n => Enumerable.Range(0, n).Select(_ => Draw(taste, 1)).ToArray())];
        _cumulative = [.. rows.Select(n => Zipf(n))];
    }

    /// <summary>Ten fields and about 5,400 rows, like Frappe.</summary>
    public static PlantedMarket LikeFrappe(ulong seed) => new([957, 4082, 7, 7, 2, 3, 2, 9, 80, 233], seed);

    public TrainingData Draw(int train, int valid, int test, int dim)
    {
        var fields = _rows.Select((_, f) => new FieldSchema
        {
            Name = $"f{f}",
            Side = f == 0 ? FieldSide.User : f == 1 ? FieldSide.Item : FieldSide.Context,
            Kind = FieldKind.Categorical,
            Dim = dim,
        }).ToList();
        var schema = new DataSchema { Name = "planted", LabelColumn = "label", User = "f0", Item = "f1", Fields = fields };
        IReadOnlyList<FieldSchema> order = ModelOrder.Of(schema);
        int[] source = [.. order.Select(field => fields.IndexOf(field))];
        return new TrainingData
        {
            Schema = schema,
            Encoders = [.. order.Select(field => new FieldEncoder(field))],
            Vocabularies = [.. source.Select(f => new FieldVocabulary([.. Enumerable.Range(0, _rows[f]).Select(v => (ulong)v + 10)]))],
            Train = Draw(train, source),
            Valid = Draw(valid, source),
            Test = Draw(test, source),
            Fingerprint = $"planted {train} {valid} {test}",
        };
    }

    /// <summary>AUC of the true probabilities on samples of this market: no model can do better in expectation.</summary>
    public double BestAuc(Dataset data)
    {
        int[] source = [0, .. Enumerable.Range(2, _rows.Length - 2), 1]; // model order: user and context, then the item
        var logits = new float[data.Samples];
        var values = new int[_rows.Length];
        for (int s = 0; s < logits.Length; s++)
        {
            for (int c = 0; c < source.Length; c++)
                values[source[c]] = data.Columns[c].Rows[s];
            logits[s] = (float)Logit(values);
        }

        return RocCurve.Auc(logits, data.Labels, []);
    }

    private Dataset Draw(int samples, int[] source)
    {
        var columns = source.Select(_ => new int[samples]).ToArray();
        var labels = new float[samples];
        var values = new int[_rows.Length];
        for (int s = 0; s < samples; s++)
        {
            for (int f = 0; f < values.Length; f++)
                values[f] = Value(f);
            for (int c = 0; c < source.Length; c++)
                columns[c][s] = values[source[c]];
            labels[s] = _random.NextDouble() < 1 / (1 + Math.Exp(-Logit(values))) ? 1 : 0;
        }

        int user = Array.IndexOf(source, 0);
        return new Dataset(labels, null, [.. columns[user]], [.. columns.Select(rows => new DatasetColumn(rows, null, null))]);
    }

    private double Logit(int[] values)
    {
        double logit = -1;
        for (int f = 0; f < values.Length; f++)
        {
            logit += _bias[f][values[f]];
            for (int g = f + 1; g < Math.Min(values.Length, 4); g++)
                logit += _strength / 2 * _taste[f][values[f]].Zip(_taste[g][values[g]], (a, b) => a * b).Sum();
        }

        return logit;
    }

    private int Value(int field)
    {
        int at = Array.BinarySearch(_cumulative[field], _random.NextDouble());
        return Math.Min(_rows[field] - 1, at < 0 ? ~at : at);
    }

    private double[] Draw(int count, double deviation) => [.. Enumerable.Range(0, count).Select(_ => deviation * _random.NextGaussian())];

    private static double[] Zipf(int count)
    {
        double[] weights = [.. Enumerable.Range(1, count).Select(rank => 1.0 / rank)];
        double total = weights.Sum(), sum = 0;
        return [.. weights.Select(weight => (sum += weight) / total)];
    }
}
