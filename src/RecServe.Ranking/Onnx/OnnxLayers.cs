namespace RecServe.Ranking;

/// <summary>Dense layers of a package as ONNX nodes, by the names of their tensors.</summary>
/// <param name="graph">Takes the nodes.</param>
/// <param name="tensors">The package's.</param>
/// <param name="folded">Cuts the layers on x in two; null where x enters whole.</param>
internal sealed class OnnxLayers(OnnxGraph graph, DenseTensors tensors, OnnxSides? folded = null)
{
    /// <summary>The graph.</summary>
    public OnnxGraph Graph => graph;

    /// <summary>W·x + b.</summary>
    public string Dense(string name, string x, int outputs, int inputs)
    {
        float[] weight = tensors.Take($"{name}.weight", outputs, inputs), bias = tensors.Take($"{name}.bias", outputs);
        return folded?.Dense(name, x, weight, bias) ?? graph.Dense(x, graph.Constant($"{name}.weight", [outputs, inputs], weight), graph.Constant($"{name}.bias", [outputs], bias));
    }

    /// <summary>The floats of a tensor.</summary>
    public float[] Take(string name, params int[] sizes) => tensors.Take(name, sizes);

    /// <summary>ReLU layers one after another.</summary>
    public string Perceptron(string name, string x, int inputs, IReadOnlyList<int> widths)
    {
        for (int i = 0; i < widths.Count; inputs = widths[i++])
            x = graph.Node("Relu", Dense($"{name}.{i}", x, widths[i], inputs));
        return x;
    }

    /// <summary>A row of weights without bias.</summary>
    public string Head(string name, string x, int inputs) =>
        graph.Dense(x, graph.Constant($"{name}.weight", [1, inputs], tensors.Take($"{name}.weight", inputs)), null);

    /// <summary>A row of weights with its bias.</summary>
    public string HeadWithBias(string name, string x, int inputs) => graph.Dense(x,
        graph.Constant($"{name}.weight", [1, inputs], tensors.Take($"{name}.weight", inputs)),
        graph.Constant($"{name}.bias", [1], tensors.Take($"{name}.bias", 1)));
}
