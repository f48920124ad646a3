using RecServe.Artifacts;

namespace RecServe.Training.Networks;

/// <summary>
/// Losses of one layer's routing over the whole batch and all its routers (SMES, arXiv 2602.09386: load is balanced over tasks together): with f_i the mean number of
/// times a router chose expert i, P_i its mean probability and N experts
/// <code>
/// balance · N · Σ η_i·f_i·P_i + capacity · N · Σ max(0, f_i − c_i)·P_i + entropy · mean(−Σ p·ln p)
/// </code>
/// η is 1 for networks and .75 for experts that cost nothing (MoE++, arXiv 2410.07348: fewer than 1 sends more rows to those); an expert's capacity c_i is 1.1 times its
/// share of Σ f, where a network has .75 of the share of one that costs nothing. f and c are taken as given: the gradient goes through P and p.
/// </summary>
internal sealed class RoutingLosses(SparseArchitecture shape, double balance, double capacity, double entropy, int blocks)
{
    private const double FreeWeight = 0.75, Slack = 1.1;

    private readonly double[][] _chosen = [.. Enumerable.Range(0, blocks).Select(_ => new double[shape.Experts])];
    private readonly double[][] _probabilities = [.. Enumerable.Range(0, blocks).Select(_ => new double[shape.Experts])];
    private readonly double[] _entropies = new double[blocks];

    /// <summary>Gradient of the losses with respect to each probability of expert i, entropy aside.</summary>
    public double[] Slopes { get; } = new double[shape.Experts];

    /// <summary>Factor of −(ln p + 1) in the gradient with respect to a probability.</summary>
    public double EntropySlope { get; private set; }

    /// <summary>Forgets what a block has told.</summary>
    public void Begin(int block)
    {
        _chosen[block].AsSpan().Clear();
        _probabilities[block].AsSpan().Clear();
        _entropies[block] = 0;
    }

    /// <summary>Takes one row's choice by one router.</summary>
    public void Add(int block, ReadOnlySpan<float> p, ReadOnlySpan<bool> chosen)
    {
        for (int i = 0; i < p.Length; i++)
        {
            _chosen[block][i] += chosen[i] ? 1 : 0;
            _probabilities[block][i] += p[i];
            _entropies[block] -= p[i] > 0 ? p[i] * Math.Log(p[i]) : 0;
        }
    }

    /// <summary>The losses of the batch.</summary>
    /// <param name="used">Blocks of it.</param>
    /// <param name="routings">Rows times routers.</param>
    public double Join(int used, int routings)
    {
        int n = shape.Experts;
        double loss = 0, load = 0, shares = 0;
        EntropySlope = entropy / routings;
        for (int b = 0; b < used; b++)
        {
            loss += EntropySlope * _entropies[b];
            load += _chosen[b].Sum() / routings;
        }

        for (int i = 0; i < n; i++)
            shares += Share(i);
        for (int i = 0; i < n; i++)
        {
            double f = 0, p = 0;
            for (int b = 0; b < used; b++)
            {
                f += _chosen[b][i] / routings;
                p += _probabilities[b][i] / routings;
            }

            double over = Math.Max(0, f - (Slack * load * Share(i) / shares));
            double slope = n * ((balance * (i < shape.Networks ? 1 : FreeWeight) * f) + (capacity * over));
            loss += slope * p;
            Slopes[i] = slope / routings;
        }

        return loss;
    }

    private double Share(int expert) => expert < shape.Networks ? FreeWeight : 1;
}
