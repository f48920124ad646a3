using System.Numerics;

namespace RecServe.Ranking;

public sealed partial class Explainer
{
    /// <summary>The Shapley values by enumeration of all 2^fields subsets.</summary>
    /// <param name="user">User and context vector.</param>
    /// <param name="item">The candidate's vector.</param>
    /// <exception cref="ArgumentException">
    /// There are more than <see cref="MostExactFields"/> fields, or a vector has another width than the layout.
    /// </exception>
    public Explanation ExplainExact(ReadOnlySpan<float> user, ReadOnlySpan<float> item)
    {
        int fields = _mixer.Fields;
        if (fields > MostExactFields)
            throw new ArgumentException($"enumeration takes at most {MostExactFields} fields, the model has {fields}");
        double[] logits = Subsets(Row(user, item));
        double[] weights = SubsetWeights(fields);
        var contributions = new double[fields];
        for (int subset = 0; subset < logits.Length; subset++)
        {
            for (int f = 0; f < fields; f++)
            {
                if ((subset & (1 << f)) == 0)
                    contributions[f] += weights[BitOperations.PopCount((uint)subset)] * (logits[subset | (1 << f)] - logits[subset]);
            }
        }

        return new Explanation(logits[0], logits[^1], contributions);
    }

    // The logit with the fields of each subset at the candidate's values and the others at their means; bit f is field f.
    private double[] Subsets(float[] row)
    {
        var logits = new double[1 << _mixer.Fields];
        var mixed = new float[row.Length];
        using var rows = new MixedRows(_scorer);
        for (int subset = 0, scored = 0; subset < logits.Length; subset++)
        {
            _mixer.Means.CopyTo(mixed);
            for (int f = 0; f < _mixer.Fields; f++)
            {
                if ((subset & (1 << f)) != 0)
                    _mixer.Copy(f, row, mixed);
            }

            rows.Append(mixed);
            if (rows.IsFull || subset == logits.Length - 1)
            {
                foreach (float logit in rows.Score())
                    logits[scored++] = logit;
            }
        }

        return logits;
    }

    // |S|!·(F − |S| − 1)! / F!: the share of orders in which exactly S stands before a field.
    private static double[] SubsetWeights(int fields)
    {
        var weights = new double[fields];
        for (int size = 0; size < fields; size++)
        {
            weights[size] = 1.0 / fields;
            for (int i = 1; i <= size; i++)
                weights[size] *= (double)i / (fields - i);
        }

        return weights;
    }
}
