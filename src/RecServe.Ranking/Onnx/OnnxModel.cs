using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>What an ONNX file says, as far as importing needs it.</summary>
/// <param name="Nodes">In the order of the file, which is one in which each reads only what came before.</param>
/// <param name="Constants">Initializers by name.</param>
/// <param name="Inputs">Names of the inputs that are no initializers.</param>
/// <param name="Outputs">Names of the outputs.</param>
internal sealed record OnnxModel(IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, OnnxTensor> Constants, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    private const int MostNodes = 10_000;

    /// <summary>Reads a ModelProto.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="PackageException">The bytes are no model; the message has the offset.</exception>
    public static OnnxModel Read(ReadOnlySpan<byte> bytes, string file)
    {
        var model = new ProtobufReader(bytes, file, 0);
        OnnxModel? graph = null;
        while (model.Next())
        {
            if (model.Field != 7)
                model.Skip();
            else if (graph is null)
                graph = Graph(model.Message());
            else
                model.Fail("has two graphs");
        }

        return graph ?? throw new PackageException($"{file}: has no graph: it is no ONNX model");
    }

    private static OnnxModel Graph(ProtobufReader graph)
    {
        List<OnnxNode> nodes = [];
        List<string> inputs = [], outputs = [];
        var constants = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        while (graph.Next())
        {
            switch (graph.Field)
            {
                case 1: nodes.Add(OnnxNode.Read(graph.Message())); break;
                case 5:
                    OnnxTensor tensor = OnnxTensor.Read(graph.Message());
                    constants[tensor.Name] = tensor;
                    break;
                case 11: inputs.Add(Name(graph.Message())); break;
                case 12: outputs.Add(Name(graph.Message())); break;
                default: graph.Skip(); break;
            }

            if (nodes.Count + inputs.Count + outputs.Count + constants.Count > MostNodes)
                graph.Fail($"has more than {MostNodes} nodes, constants, inputs and outputs");
        }

        return new OnnxModel(nodes, constants, [.. inputs.Where(name => !constants.ContainsKey(name))], outputs);
    }

    // ValueInfoProto; its shape is not read, since the fields say how wide inputs are.
    private static string Name(ProtobufReader value)
    {
        string name = "";
        while (value.Next())
        {
            if (value.Field == 1)
                name = value.Text();
            else
                value.Skip();
        }

        return name;
    }
}
