namespace RecServe.Training.Tests.Networks;

internal sealed partial class ReferenceNetwork
{
    // Expert by expert, number by number: Σ_k p_k · (U_k · tanh(C_k · tanh(V_k · x)) + b).
    private double[] Mixture(int layer, double[] x)
    {
        int experts = shape.CrossMixture!.Experts, rank = shape.CrossMixture.Rank, units = experts * rank, width = x.Length;
        double[] v = Parameters[$"cross.{layer}.in.weight"], c = Parameters[$"cross.{layer}.core.weight"], u = Parameters[$"cross.{layer}.out.weight"];
        double[] bias = Parameters[$"cross.{layer}.bias"], gates = Parameters["cross.gate.weight"], sums = new double[width];
        double[] p = [.. Enumerable.Range(0, experts).Select(k => Math.Exp(Enumerable.Range(0, width).Sum(i => gates[(k * width) + i] * x[i])))];
        double total = p.Sum();
        for (int k = 0; k < experts; k++)
        {
            double[] inner = [.. Enumerable.Range(k * rank, rank).Select(row => Math.Tanh(Enumerable.Range(0, width).Sum(i => v[(row * width) + i] * x[i])))];
            double[] outer = [.. Enumerable.Range(k * rank, rank).Select(row => Math.Tanh(Enumerable.Range(0, rank).Sum(j => c[(row * rank) + j] * inner[j])))];
            for (int i = 0; i < width; i++)
                sums[i] += p[k] / total * (bias[i] + Enumerable.Range(0, rank).Sum(j => u[(i * units) + (k * rank) + j] * outer[j]));
        }

        return sums;
    }
}
