using RecServe.Artifacts;
using RecServe.Features;

namespace RecServe.Api.Tests;

/// <summary>The models' arithmetic once more, in doubles and by the book: from texts to a probability, sharing only the hash with the product.</summary>
internal sealed class ReferenceRanker(ModelPackage package)
{
    /// <summary>Probability for the values of one sample; fields that are not named have no value.</summary>
    public double Probability(Dictionary<string, object> sample) => 1 / (1 + Math.Exp(-Logit(sample)));

    /// <summary>Logit of one sample.</summary>
    public double Logit(Dictionary<string, object> sample) => LogitOf([.. package.Fields.Select((_, f) => Pooled(f, sample))]);

    /// <summary>Logit of one pooled vector a field, first-order weight last where there is one.</summary>
    public double LogitOf(double[][] vectors)
    {
        double logit = Tensor("head.bias")[0];
        for (int f = 0; f < vectors.Length; f++)
        {
            if (package.Fields[f].Linear)
                logit += vectors[f][package.Fields[f].Dim];
        }

        string kind = package.Architecture.Kind;
        double[][] e = [.. vectors.Select((v, f) => v[..package.Fields[f].Dim])];
        if (kind is "fm" or "deepfm")
        {
            for (int f = 0; f < e.Length; f++)
            {
                for (int g = f + 1; g < e.Length; g++)
                    logit += e[f].Zip(e[g], (a, b) => a * b).Sum();
            }
        }

        if (kind is "lr" or "fm")
            return logit;
        double[] x = [.. e.SelectMany(v => v)];
        double[] crossed = Cross(x);
        double[] h = package.Architecture.Structure switch
        {
            "parallel" => [.. crossed, .. Mlp(x)],
            "stacked" => Mlp(crossed),
            _ => Mlp(x),
        };
        return logit + Tensor("head.weight").Zip(h, (w, v) => w * v).Sum();
    }

    /// <summary>Probability of each task of an mmoe without towers.</summary>
    public double[] TaskProbabilities(Dictionary<string, object> sample)
    {
        double[] x = [.. package.Fields.SelectMany((_, f) => Pooled(f, sample))];
        double[] Dense(string name, double[] input)
        {
            double[] weight = [.. Tensor($"{name}.weight")], bias = [.. Tensor($"{name}.bias")];
            return [.. bias.Select((b, o) => b + input.Select((v, i) => v * weight[(o * input.Length) + i]).Sum())];
        }

        ExpertArchitecture experts = package.Architecture.Experts!;
        double[][] y = [.. Enumerable.Range(0, experts.Shared).Select(e =>
            Enumerable.Range(0, experts.Widths.Count).Aggregate(x, (h, i) => [.. Dense($"expert.0.{e}.{i}", h).Select(z => Math.Max(0, z))]))];
        return [.. package.Architecture.Tasks.Select((_, t) =>
        {
            double[] gate = [.. Dense($"gate.0.{t}", x).Select(Math.Exp)];
            double[] mixed = [.. Enumerable.Range(0, experts.Width).Select(i => gate.Select((g, e) => g / gate.Sum() * y[e][i]).Sum())];
            return 1 / (1 + Math.Exp(-Tensor($"tower.{t}.head.bias")[0] - Tensor($"tower.{t}.head.weight").Zip(mixed, (w, v) => w * v).Sum()));
        })];
    }

    /// <summary>The vector of a table's Mean.</summary>
    public double[][] Means() => [.. package.Tables.Select(t => t.Mean.Select(v => (double)v).ToArray())];

    /// <summary>The pooled vector of one field of a sample.</summary>
    public double[] Pooled(int field, Dictionary<string, object> sample)
    {
        FieldSchema schema = TestMarket.Schema.Fields.Single(f => f.Name == package.Fields[field].Name);
        object? value = sample.GetValueOrDefault(schema.Name);
        if (value is null or "")
            return Row(field, RowKey.Missing);
        if (schema.Kind == FieldKind.Multi)
        {
            string[] values = value is string text ? text.Split('|') : (string[])value;
            if (values.Length == 0)
                return Row(field, RowKey.Missing);
            double[] sum = new double[package.Fields[field].Width];
            foreach (string one in values)
                sum = [.. sum.Zip(Row(field, RowKey.Of(one)), (a, b) => a + b)];
            return schema.Pool == Pooling.Mean ? [.. sum.Select(v => v / values.Length)] : sum;
        }

        if (schema.Kind == FieldKind.Numeric)
        {
            double x = Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);
            if (schema.Transform == NumericTransform.Standardize)
                return [.. Row(field, RowKey.NumericVector).Select(v => v * (x - package.Fields[field].Mean) / package.Fields[field].Deviation)];
            double bucket = x > 2 ? Math.Floor(Math.Pow(Math.Log(x), 2)) : Math.Truncate(x);
            return Row(field, RowKey.Of(bucket.ToString("R")));
        }

        return Row(field, RowKey.Of((string)value));
    }

    private double[] Row(int field, ulong key)
    {
        PackageTable table = package.Tables[field];
        int row = Array.IndexOf(table.Keys, key);
        float[] found = row >= 0 ? table.Rows[(row * table.Width)..((row + 1) * table.Width)]
            : key != RowKey.Missing && table.Unknown is not null ? table.Unknown : table.Default;
        return [.. found.Select(v => (double)v)];
    }

    private double[] Cross(double[] x)
    {
        double[] y = x;
        for (int layer = 0; layer < package.Architecture.CrossLayers; layer++)
        {
            double[] product = Affine($"cross.{layer}", y);
            y = [.. y.Select((v, i) => (x[i] * product[i]) + v)];
        }

        return y;
    }

    private double[] Mlp(double[] x)
    {
        for (int layer = 0; layer < package.Architecture.Hidden.Count; layer++)
            x = [.. Affine($"mlp.{layer}", x).Select(v => Math.Max(0, v))];
        return x;
    }

    private double[] Affine(string name, double[] x)
    {
        double[] w = Tensor(name + ".weight"), b = Tensor(name + ".bias");
        return [.. b.Select((bias, o) => bias + x.Select((v, i) => v * w[(o * x.Length) + i]).Sum())];
    }

    private double[] Tensor(string name) => [.. package.Tensor(name).Values.Select(v => (double)v)];
}
