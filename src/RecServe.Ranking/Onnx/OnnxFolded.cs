using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>
/// The dense part of a package as an ONNX graph over one request's candidates, with the user folded in by the formulas that serving uses: what depends on the
/// user alone is an input. For benchmarks: a peer that is given it has no work to do that our plans save.
/// </summary>
public sealed class OnnxFolded
{
    private OnnxFolded(byte[] graph, IReadOnlyList<OnnxRequestInput> inputs) => (Graph, Inputs) = (graph, inputs);

    /// <summary>The bytes of the model: input <c>items</c> [batch, I] and those of <see cref="Inputs"/>, output <c>logit</c> [batch, 1 or tasks].</summary>
    public byte[] Graph { get; }

    /// <summary>What a request makes once, in this order.</summary>
    public IReadOnlyList<OnnxRequestInput> Inputs { get; }

    /// <summary>Writes the graph of mlp, dcnv2 of full matrices, mmoe and ple; null for others. Not thread-safe: inputs of one graph share memory.</summary>
    /// <param name="package">The package.</param>
    /// <exception cref="PackageException">The architecture does not fit the fields, or a dense tensor is missing, has another shape or has no place.</exception>
    public static OnnxFolded? Create(ModelPackage package)
    {
        ArchitectureRules.Check(package);
        ModelArchitecture architecture = package.Architecture;
        ModelLayout layout = ScorerFactory.Layout(package);
        int users = layout.User.Dense, items = layout.Item.Dense;
        if (architecture.Kind is not ("mlp" or "dcnv2" or "mmoe" or "ple") || architecture.CrossMixture is not null || users == 0 || items == 0)
            return null;
        var graph = new OnnxGraph();
        var tensors = new DenseTensors(package);
        string x = graph.Input("items", "batch", items);
        var sides = new OnnxSides(graph, x, users, users + items);
        var layers = new OnnxLayers(graph, tensors, sides);
        string logit = architecture.Tasks.Count > 0 ? OnnxExperts.Write(layers, architecture, x, users + items)
            : graph.Node("Add", Hidden(layers, tensors, sides, architecture, x, users, items), graph.Constant("head.bias", [1], tensors.Take("head.bias", 1)));
        tensors.RequireAllTaken();
        return new OnnxFolded(graph.Finish($"{architecture.Kind} of {package.Lineage}, folded", logit, Math.Max(1, architecture.Tasks.Count)), sides.Inputs);
    }

    private static string Hidden(OnnxLayers layers, DenseTensors tensors, OnnxSides sides, ModelArchitecture architecture, string x, int users, int items)
    {
        OnnxGraph graph = layers.Graph;
        int width = users + items, depth = architecture.CrossLayers, last = architecture.Hidden[^1];
        if (depth == 0)
            return layers.Head("head", layers.Perceptron("mlp", x, width, architecture.Hidden), last);
        (float[] Weight, float[] Bias) Layer(string name, int outputs) => (tensors.Take($"{name}.weight", outputs, width), tensors.Take($"{name}.bias", outputs));
        var fold = new OnnxCrossFold(sides, users, items, depth);
        string all = fold.Write(graph, x, [.. Enumerable.Range(0, depth).Select(l => Layer($"cross.{l}", width))]);
        if (architecture.Structure == "parallel")
        {
            float[] head = tensors.Take("head.weight", width + last);
            string crossed = fold.Over(graph, all, "head.cross", depth, head[..width], [0]);
            string mlp = layers.Perceptron("mlp", x, width, architecture.Hidden);
            return graph.Node("Add", crossed, graph.Dense(mlp, graph.Constant("head.mlp", [1, last], head.AsSpan(width)), null));
        }

        (float[] weight, float[] bias) = Layer("mlp.0", architecture.Hidden[0]);
        string h = graph.Node("Relu", fold.Over(graph, all, "mlp.0", depth, weight, bias));
        for (int i = 1; i < architecture.Hidden.Count; i++)
            h = graph.Node("Relu", layers.Dense($"mlp.{i}", h, architecture.Hidden[i], architecture.Hidden[i - 1]));
        return layers.Head("head", h, last);
    }
}
