namespace RecServe.Ranking;

/// <summary>
/// Builds an ONNX model (onnx.proto3, IR version 7, operator set 12). Every method adds a node and returns the name of its output.
/// </summary>
internal sealed class OnnxGraph
{
    private const int Float = 1, Integer = 7, AttributeInteger = 2, AttributeIntegers = 7;

    private readonly ProtobufWriter _graph = new();
    private int _nodes;

    /// <summary>An input [batch, width]; the batch is any number where <paramref name="batch"/> names it.</summary>
    public string Input(string name, string batch, int width)
    {
        _graph.Message(11, Value(name, batch, width));
        return name;
    }

    /// <summary>A constant tensor.</summary>
    public string Constant(string name, int[] shape, ReadOnlySpan<float> values)
    {
        var tensor = new ProtobufWriter();
        foreach (int size in shape)
            tensor.Number(1, size);
        _graph.Message(5, tensor.Number(2, Float).Text(8, name).Floats(9, values));
        return name;
    }

    /// <summary>The largest numbers of each row with their places, in falling order; equal ones by lower place.</summary>
    public (string Values, string Places) Largest(string x, int count)
    {
        string values = $"topk_{_nodes++}", places = $"{values}_places";
        _graph.Message(1, new ProtobufWriter().Text(1, x).Text(1, Whole($"{values}_count", [1], count)).Text(2, values).Text(2, places).Text(3, values).Text(4, "TopK").Message(5, Attribute("axis", 1)));
        return (values, places);
    }

    /// <summary>What comes before each number of a row in its sum from the left.</summary>
    public string SumBefore(string x) => Node("CumSum", [x, Whole($"cumsum_{_nodes}_axis", [], 1)], Attribute("exclusive", 1));

    /// <summary>A row with numbers put at places of it.</summary>
    public string Put(string x, string places, string numbers) => Node("ScatterElements", [x, places, numbers], Attribute("axis", 1));

    /// <summary>1 where it is true, else 0.</summary>
    public string AsNumber(string truth) => Node("Cast", [truth], Attribute("to", Float));

    /// <summary>x·Wᵀ + b, W as [outputs, inputs].</summary>
    public string Dense(string x, string weight, string? bias) =>
        Node("Gemm", bias is null ? [x, weight] : [x, weight, bias], Attribute("transB", 1));

    /// <summary>An operator without attributes.</summary>
    public string Node(string type, params string[] inputs) => Node(type, inputs, []);

    /// <summary>softmax over each row.</summary>
    public string Softmax(string x) => Node("Softmax", [x], Attribute("axis", 1));

    /// <summary>Gives a tensor one more axis of size 1, or with <paramref name="remove"/> takes one away.</summary>
    public string Axis(string x, int axis, bool remove) =>
        Node(remove ? "Squeeze" : "Unsqueeze", [x], new ProtobufWriter().Text(1, "axes").Number(8, axis).Number(20, AttributeIntegers));

    /// <summary>Joins along the last axis.</summary>
    public string Concat(params string[] inputs) => Node("Concat", inputs, Attribute("axis", 1));

    /// <summary>Sums the given axes of a tensor, which then have size 1 or, without <paramref name="keep"/>, go.</summary>
    public string Sum(string x, int axis, bool keep) =>
        Node("ReduceSum", [x], new ProtobufWriter().Text(1, "axes").Number(8, axis).Number(20, AttributeIntegers), Attribute("keepdims", keep ? 1 : 0));

    /// <summary>The finished model.</summary>
    /// <param name="name">Name of the graph.</param>
    /// <param name="output">The tensor that is its output, [batch, width].</param>
    /// <param name="width">Logits of a row.</param>
    public byte[] Finish(string name, string output, int width = 1)
    {
        // The output gets a name of its own, so that readers of the file need not know how the graph was built.
        _graph.Message(1, new ProtobufWriter().Text(1, output).Text(2, "logit").Text(3, "logit").Text(4, "Identity"));
        _graph.Message(12, Value("logit", "batch", width)).Text(2, name);
        return new ProtobufWriter().Number(1, 7).Text(2, "recserve").Message(7, _graph).Message(8, new ProtobufWriter().Text(1, "").Number(2, 12))
            .Written.ToArray();
    }

    private string Whole(string name, int[] shape, int value)
    {
        var tensor = new ProtobufWriter();
        foreach (int size in shape)
            tensor.Number(1, size);
        _graph.Message(5, tensor.Number(2, Integer).Number(7, value).Text(8, name));
        return name;
    }

    private static ProtobufWriter Attribute(string name, int value) => new ProtobufWriter().Text(1, name).Number(3, value).Number(20, AttributeInteger);

    private static ProtobufWriter Value(string name, string batch, int width)
    {
        ProtobufWriter shape = new ProtobufWriter().Message(1, new ProtobufWriter().Text(2, batch)).Message(1, new ProtobufWriter().Number(1, width));
        return new ProtobufWriter().Text(1, name).Message(2, new ProtobufWriter().Message(1, new ProtobufWriter().Number(1, Float).Message(2, shape)));
    }

    private string Node(string type, string[] inputs, params ProtobufWriter[] attributes)
    {
        var node = new ProtobufWriter();
        foreach (string input in inputs)
            node.Text(1, input);
        string output = $"{type.ToLowerInvariant()}_{_nodes++}";
        node.Text(2, output).Text(3, output).Text(4, type);
        foreach (ProtobufWriter attribute in attributes)
            node.Message(5, attribute);
        _graph.Message(1, node);
        return output;
    }
}
