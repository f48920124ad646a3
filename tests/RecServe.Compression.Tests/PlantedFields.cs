using RecServe.Features;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Compression.Tests;

/// <summary>
/// Data whose fields matter by known strengths: a value of field f adds strength · z to the log-odds, z drawn normal and scaled to mean 0 and deviation 1 over the field's values. The last
/// fields have strength 0. Some fields copy another one's value most of the time; the first has two values only.
/// </summary>
internal sealed class PlantedFields
{
    private readonly int[] _values;
    private readonly double[][] _effects;
    private readonly SeededRandom _random;
    private readonly int _copies;

    /// <param name="signal">Fields that matter, with strengths falling from 1 to 0.3: with 40,000 samples of up to 64 values, 0.15 drowns in what a table learns of noise.</param>
    /// <param name="noise">Fields that do not.</param>
    /// <param name="seed">Decides effects and samples.</param>
    /// <param name="copies">Fields 2, 4, … that copy the field after them in 70 % of the samples.</param>
    public PlantedFields(int signal, int noise, ulong seed, int copies = 2)
    {
        _random = new SeededRandom(seed);
        _copies = copies;
        Signal = signal;
        _values = [.. Enumerable.Range(0, signal + noise).Select(f => f == 0 ? 2 : 4 + _random.NextInt(60))];
        _effects = [.. _values.Select((count, f) => Effects(count, f))];
        for (int copy = 1; copy <= copies; copy++)
            _values[2 * copy] = _values[(2 * copy) + 1];
    }

    public int Signal { get; }

    public int Fields => _values.Length;

    public TrainingData Draw(int train, int valid, int test, int dim)
    {
        FieldSchema[] fields = [.. _values.Select((_, f) => new FieldSchema
        {
            Name = $"f{f:00}", Side = f < _values.Length / 2 ? FieldSide.User : FieldSide.Item, Kind = FieldKind.Categorical, Dim = dim,
        })];
        return new TrainingData
        {
            Schema = new DataSchema { Name = "planted", LabelColumn = "label", Fields = fields },
            Encoders = [.. fields.Select(field => new FieldEncoder(field))],
            Vocabularies = [.. _values.Select(count => new FieldVocabulary([.. Enumerable.Range(0, count).Select(v => (ulong)v + 10)]))],
            Train = Draw(train),
            Valid = Draw(valid),
            Test = Draw(test),
            Fingerprint = "planted",
        };
    }

    private Dataset Draw(int samples)
    {
        int[][] columns = [.. _values.Select(_ => new int[samples])];
        var labels = new float[samples];
        for (int s = 0; s < samples; s++)
        {
            double logit = 0;
            for (int f = _values.Length - 1; f >= 0; f--)
            {
                bool copy = f % 2 == 0 && f > 0 && f <= 2 * _copies;
                columns[f][s] = copy && _random.NextDouble() < 0.7 ? columns[f + 1][s] : _random.NextInt(_values[f]);
                logit += _effects[f][columns[f][s] % _effects[f].Length];
            }

            labels[s] = _random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0;
        }

        return new Dataset(labels, null, null, [.. columns.Select(rows => new DatasetColumn(rows, null, null))]);
    }

    private double[] Effects(int count, int field)
    {
        double strength = field >= Signal ? 0 : Math.Pow(0.3, field / (Signal - 1.0));
        double[] drawn = [.. Enumerable.Range(0, count).Select(_ => _random.NextGaussian())];
        double mean = drawn.Average(), deviation = Math.Sqrt(drawn.Average(z => (z - mean) * (z - mean)));
        return [.. drawn.Select(z => strength * (z - mean) / deviation)];
    }
}
