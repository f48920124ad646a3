using RecServe.Artifacts;

namespace RecServe.Compression.Experts;

/// <summary>What <see cref="ExpertUse"/> sums up of one layer.</summary>
internal sealed class LayerSums(SparseArchitecture shape, int routers)
{
    private readonly long[] _chosen = new long[shape.Experts];
    private readonly double[] _saliency = new double[shape.Networks];

    // By router: Σ z and Σ z·zᵀ of the networks' logits.
    private readonly double[][] _first = [.. Enumerable.Range(0, routers).Select(_ => new double[shape.Networks])];
    private readonly double[][] _second = [.. Enumerable.Range(0, routers).Select(_ => new double[shape.Networks * shape.Networks])];

    /// <summary>Adds a sample.</summary>
    /// <param name="logits">Of each router.</param>
    /// <param name="gates">Of each router.</param>
    /// <param name="outputs">Of each expert that a router chose; null for the others.</param>
    public void Add(float[][] logits, float[][] gates, float[]?[] outputs)
    {
        int n = shape.Networks;
        for (int e = 0; e < outputs.Length; e++)
        {
            if (outputs[e] is not { } y)
                continue;
            _chosen[e]++;
            if (e < n)
                _saliency[e] += gates.Sum(gate => (double)gate[e]) * Math.Sqrt(y.Sum(value => (double)value * value));
        }

        for (int r = 0; r < routers; r++)
        {
            for (int i = 0; i < n; i++)
            {
                _first[r][i] += logits[r][i];
                for (int j = 0; j < n; j++)
                    _second[r][(i * n) + j] += (double)logits[r][i] * logits[r][j];
            }
        }
    }

    /// <summary>The figures of so many samples.</summary>
    public LayerUse Finish(int samples)
    {
        int n = shape.Networks;
        var correlation = new double[n * n];
        for (int r = 0; r < routers; r++)
        {
            double Covariance(int i, int j) => (_second[r][(i * n) + j] / samples) - (_first[r][i] / samples * (_first[r][j] / samples));
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    double spread = Math.Sqrt(Math.Max(0, Covariance(i, i)) * Math.Max(0, Covariance(j, j)));
                    correlation[(i * n) + j] += (i == j ? 1 : spread > 0 ? Math.Clamp(Covariance(i, j) / spread, -1, 1) : 0) / routers;
                }
            }
        }

        return new LayerUse(_chosen, [.. _saliency.Select(sum => sum / samples)], correlation);
    }
}
