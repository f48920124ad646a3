using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>A node of an ONNX graph.</summary>
/// <param name="Name">Its name, or its first output where it has none.</param>
/// <param name="Type">The operator.</param>
/// <param name="Inputs">Names of what it reads; empty text for one that is left out.</param>
/// <param name="Outputs">Names of what it gives.</param>
/// <param name="Attributes">Attributes that are numbers, lists of numbers or a tensor.</param>
internal sealed record OnnxNode(string Name, string Type, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyDictionary<string, OnnxAttribute> Attributes)
{
    private const int MostNames = 4096;

    /// <summary>Reads a NodeProto.</summary>
    /// <exception cref="PackageException">It is none.</exception>
    public static OnnxNode Read(ProtobufReader node)
    {
        string name = "", type = "", domain = "";
        List<string> inputs = [], outputs = [];
        var attributes = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        while (node.Next())
        {
            switch (node.Field)
            {
                case 1 or 2:
                    List<string> names = node.Field == 1 ? inputs : outputs;
                    if (names.Count == MostNames)
                        node.Fail($"a node has more than {MostNames} inputs or outputs");
                    names.Add(node.Text());
                    break;
                case 3: name = node.Text(); break;
                case 4: type = node.Text(); break;
                case 5:
                    (string key, OnnxAttribute value) = OnnxAttribute.Read(node.Message());
                    attributes[key] = value;
                    break;
                case 7: domain = node.Text(); break;
                default: node.Skip(); break;
            }
        }

        if (outputs.Count == 0 || type.Length == 0)
            node.Fail("a node has no operator or no output");
        return new OnnxNode(name.Length > 0 ? name : outputs[0], domain is "" or "ai.onnx" ? type : $"{domain}.{type}", inputs, outputs, attributes);
    }

    /// <summary>An attribute that is a whole number.</summary>
    public long Number(string attribute, long otherwise) => Attributes.TryGetValue(attribute, out OnnxAttribute? value) ? value.Number : otherwise;

    /// <summary>An attribute that is a float.</summary>
    public float Real(string attribute, float otherwise) => Attributes.TryGetValue(attribute, out OnnxAttribute? value) ? value.Real : otherwise;

    /// <summary>The error of a node that cannot be served.</summary>
    public PackageException Refused(string reason) => new($"node '{Name}' ({Type}): {reason}");
}
