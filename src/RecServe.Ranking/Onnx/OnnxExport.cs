using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>Writes the dense part of a package, all that comes after the embedding tables, as an ONNX model that others can run.</summary>
public static class OnnxExport
{
    /// <summary>
    /// The model: input <c>x</c> [batch, floats of all embeddings in the package's order of fields], where fields have first-order weights also
    /// <c>linear</c> [batch, fields], output <c>logit</c> [batch, 1], with several tasks [batch, tasks].
    /// </summary>
    /// <param name="package">The package.</param>
    /// <returns>The bytes of the file.</returns>
    /// <exception cref="PackageException">
    /// The architecture is unknown or does not fit the fields, or a dense tensor is missing, has another shape or has no place.
    /// </exception>
    public static byte[] Write(ModelPackage package)
    {
        ArchitectureRules.Check(package);
        ModelArchitecture architecture = package.Architecture;
        var tensors = new DenseTensors(package);
        var graph = new OnnxGraph();
        int inputs = package.Fields.Sum(field => field.Dim), fields = package.Fields.Count;
        string? x = inputs > 0 ? graph.Input("x", "batch", inputs) : null, logit = null;
        if (architecture.Tasks.Count > 0)
        {
            var layers = new OnnxLayers(graph, tensors);
            logit = architecture.Sparse is null ? OnnxExperts.Write(layers, architecture, x!, inputs) : OnnxSparse.Write(layers, architecture, x!, inputs);
            tensors.RequireAllTaken();
            return graph.Finish($"{architecture.Kind} of {package.Lineage}", logit, architecture.Tasks.Count);
        }

        void Add(string term) => logit = logit is null ? term : graph.Node("Add", logit, term);

        string bias = graph.Constant("head.bias", [1], tensors.Take("head.bias", 1));
        if (architecture.Kind is "lr" or "fm" or "deepfm")
            Add(graph.Sum(graph.Input("linear", "batch", fields), 1, keep: true));
        if (architecture.Kind is "fm" or "deepfm")
            Add(Pairs(graph, x!, fields, package.Fields[0].Dim));
        if (architecture.Hidden.Count > 0)
            Add(Hidden(new OnnxLayers(graph, tensors), architecture, x!, inputs));
        Add(bias);
        tensors.RequireAllTaken();
        return graph.Finish($"{architecture.Kind} of {package.Lineage}", logit!);
    }

    // Σ_{f<g} ⟨e_f, e_g⟩ = ½·(‖Σ e‖² − Σ ‖e‖²), the sum over fields as a product with stacked unit matrices.
    private static string Pairs(OnnxGraph graph, string x, int fields, int dim)
    {
        var units = new float[dim * fields * dim];
        for (int d = 0; d < dim; d++)
        {
            for (int f = 0; f < fields; f++)
                units[(d * fields * dim) + (f * dim) + d] = 1;
        }

        string sum = graph.Dense(x, graph.Constant("pairs.units", [dim, fields * dim], units), null);
        string all = graph.Sum(graph.Node("Mul", sum, sum), 1, keep: true), own = graph.Sum(graph.Node("Mul", x, x), 1, keep: true);
        return graph.Node("Mul", graph.Node("Sub", all, own), graph.Constant("pairs.half", [1], [0.5f]));
    }

    private static string Hidden(OnnxLayers layers, ModelArchitecture architecture, string x, int inputs)
    {
        OnnxGraph graph = layers.Graph;
        string crossed = x;
        OnnxMixture? mixture = architecture.CrossMixture is { } sizes ? new OnnxMixture(layers, sizes, inputs) : null;
        for (int l = 0; l < architecture.CrossLayers; l++)
            crossed = graph.Node("Add", graph.Node("Mul", x, mixture?.Sums(l, crossed) ?? layers.Dense($"cross.{l}", crossed, inputs, inputs)), crossed);
        int last = architecture.Hidden[^1], head = architecture.Structure == "parallel" ? inputs + last : last;
        string top = architecture.Structure == "parallel" ? graph.Concat(crossed, layers.Perceptron("mlp", x, inputs, architecture.Hidden))
            : layers.Perceptron("mlp", crossed, inputs, architecture.Hidden);
        return layers.Head("head", top, head);
    }
}
