using System.Globalization;
using RecServe.Artifacts;

namespace RecServe.Compression.Experts;

/// <summary>The tensors of a pruned model, by name, from those of its source.</summary>
/// <param name="source">The source.</param>
/// <param name="shape">Its sizes.</param>
/// <param name="use">Use of its layers.</param>
/// <param name="groups">By layer: the networks that each network of the pruned model is made of, its reference first.</param>
internal sealed class PrunedWeights(ModelPackage source, SparseArchitecture shape, IReadOnlyList<LayerUse> use, int[][][] groups)
{
    private readonly Dictionary<(int Layer, int Group), MergedNetwork> _merged = [];

    public float[] Of(string name)
    {
        string[] parts = name.Split('.');
        if (parts[0] != "moe")
            return source.Tensor(name).Values;
        int layer = Number(parts[1]), index = Number(parts[3]);
        return (parts[2], parts[4]) switch
        {
            ("router", "weight") => Rows(layer, source.Tensor(name).Values),
            ("router", _) => Columns(layer - 1, Rows(layer, source.Tensor(name).Values)),
            ("expert", "0") => parts[5] == "weight" ? Network(layer, index).First : Network(layer, index).FirstBias,
            ("expert", _) => parts[5] == "weight" ? Network(layer, index).Second : Network(layer, index).SecondBias,
            _ => source.Tensor(name).Values,
        };
    }

    private MergedNetwork Network(int layer, int group)
    {
        if (!_merged.TryGetValue((layer, group), out MergedNetwork? network))
            _merged[(layer, group)] = network = MergedNetwork.Of(source, layer, groups[layer][group], Shares(layer, groups[layer][group]), shape.Width, shape.Hidden);
        return network;
    }

    // A router's rows: of each group the mean by use, then those of the experts that are no networks.
    private float[] Rows(int layer, float[] weight)
    {
        int width = weight.Length / shape.Experts;
        var rows = new List<float>();
        foreach (int[] group in groups[layer])
        {
            double[] shares = Shares(layer, group);
            rows.AddRange(Enumerable.Range(0, width).Select(i => (float)group.Select((e, member) => shares[member] * weight[(e * width) + i]).Sum()));
        }

        return [.. rows, .. weight[(shape.Networks * width)..]];
    }

    // Columns that read the logits of the layer below: a group's logit stands for all its members', so their columns are added up.
    private float[] Columns(int below, float[] rows)
    {
        int n = shape.Experts;
        return [.. Enumerable.Range(0, rows.Length / n).SelectMany(row => (float[])
            [.. groups[below].Select(group => group.Sum(e => rows[(row * n) + e])), .. rows[((row * n) + shape.Networks)..((row + 1) * n)]])];
    }

    // Shares of use; alike where nobody was chosen.
    private double[] Shares(int layer, int[] group)
    {
        double sum = group.Sum(e => use[layer].Chosen[e]);
        return [.. group.Select(e => sum > 0 ? use[layer].Chosen[e] / sum : 1.0 / group.Length)];
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
