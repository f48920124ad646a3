using RecServe.Artifacts;
using RecServe.Training.Networks;

namespace RecServe.Training.Export;

/// <summary>The dense tensors of a package: batch normalisation is folded into the weights, in double.</summary>
internal static class DenseExport
{
    public static IReadOnlyList<DenseTensor> Create(RankingNetwork network)
    {
        var tensors = new List<DenseTensor>();
        NetworkShape shape = network.Shape;
        if (shape.Tasks.Count > 0)
            return [.. shape.TaskTensors.Select(tensor => Copy(network, tensor.Name, tensor.Sizes))];
        tensors.AddRange(shape.CrossTensors.Select(tensor => Copy(network, tensor.Name, tensor.Sizes)));
        for (int i = 0; i < shape.Hidden.Count; i++)
        {
            int outputs = shape.Hidden[i], inputs = i > 0 ? shape.Hidden[i - 1] : shape.InputWidth;
            DenseTensor weight = Copy(network, $"mlp.{i}.weight", outputs, inputs), bias = Copy(network, $"mlp.{i}.bias", outputs);
            if (shape.BatchNorm)
                Fold(network, i, weight.Values, bias.Values);
            tensors.Add(weight);
            tensors.Add(bias);
        }

        if (shape.HeadWidth > 0)
            tensors.Add(Copy(network, "head.weight", shape.HeadWidth));
        tensors.Add(Copy(network, "head.bias", 1));
        return tensors;
    }

    private static DenseTensor Copy(RankingNetwork network, string name, params int[] sizes) =>
        new(name, sizes, network.Parameters[name].In(network.Parameters.Values).ToArray());

    /// <summary>W' = W·γ/√(var + ε), b' = (b − mean)·γ/√(var + ε) + β.</summary>
    private static void Fold(RankingNetwork network, int layer, float[] weight, float[] bias)
    {
        ReadOnlySpan<float> scale = network.Parameters[$"mlp.{layer}.norm.scale"].In(network.Parameters.Values);
        ReadOnlySpan<float> shift = network.Parameters[$"mlp.{layer}.norm.shift"].In(network.Parameters.Values);
        float[] mean = network.RunningStatistics[2 * layer], variance = network.RunningStatistics[(2 * layer) + 1];
        int inputs = weight.Length / bias.Length;
        for (int o = 0; o < bias.Length; o++)
        {
            double factor = scale[o] / Math.Sqrt((double)variance[o] + BatchNormalization.Epsilon);
            for (int i = 0; i < inputs; i++)
                weight[(o * inputs) + i] = (float)(weight[(o * inputs) + i] * factor);
            bias[o] = (float)(((bias[o] - (double)mean[o]) * factor) + shift[o]);
        }
    }
}
