namespace RecServe.Ranking.Tests;

/// <summary>ONNX files as torch.onnx writes them: nodes with paths as names, weights as initializers, numbers as raw_data, operator set 17.</summary>
internal sealed class TorchGraph
{
    private readonly ProtobufWriter _graph = new();

    /// <summary>An input [batch, width].</summary>
    public TorchGraph Input(string name)
    {
        _graph.Message(11, new ProtobufWriter().Text(1, name));
        return this;
    }

    /// <summary>A constant whose numbers are bytes.</summary>
    public TorchGraph Constant(string name, float[] values, params int[] shape)
    {
        _graph.Message(5, Tensor(name, values, shape));
        return this;
    }

    /// <summary>A node; its output is its name.</summary>
    public TorchGraph Node(string type, string name, string[] inputs, params ProtobufWriter[] attributes)
    {
        var node = new ProtobufWriter();
        foreach (string input in inputs)
            node.Text(1, input);
        node.Text(2, name).Text(3, $"/{name}/{type}").Text(4, type);
        foreach (ProtobufWriter attribute in attributes)
            node.Message(5, attribute);
        _graph.Message(1, node);
        return this;
    }

    public byte[] Finish(params string[] outputs)
    {
        foreach (string output in outputs)
            _graph.Message(12, new ProtobufWriter().Text(1, output));
        return new ProtobufWriter().Number(1, 8).Text(2, "pytorch").Text(3, "2.1.0").Message(7, _graph).Message(8, new ProtobufWriter().Number(2, 17)).Written.ToArray();
    }

    public static ProtobufWriter Number(string name, long value) => new ProtobufWriter().Text(1, name).Number(3, value).Number(20, 2);

    public static ProtobufWriter Real(string name, float value) => new ProtobufWriter().Text(1, name).Real(2, value).Number(20, 1);

    public static ProtobufWriter Value(float[] values, params int[] shape) => new ProtobufWriter().Text(1, "value").Message(5, Tensor("", values, shape)).Number(20, 4);

    private static ProtobufWriter Tensor(string name, float[] values, int[] shape)
    {
        var tensor = new ProtobufWriter();
        foreach (int size in shape)
            tensor.Number(1, size);
        return tensor.Number(2, 1).Text(8, name).Floats(9, values);
    }
}
