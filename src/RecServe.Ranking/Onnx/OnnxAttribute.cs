using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>An attribute of an ONNX node: a float, a whole number, a tensor or a list of whole numbers, whichever it has. Graphs within are passed over.</summary>
/// <param name="Real">The float.</param>
/// <param name="Number">The whole number.</param>
/// <param name="Tensor">The tensor.</param>
/// <param name="Numbers">The list.</param>
internal sealed record OnnxAttribute(float Real, long Number, OnnxTensor? Tensor, IReadOnlyList<long> Numbers)
{
    private const int MostNumbers = 1024;

    /// <summary>Reads an AttributeProto.</summary>
    /// <exception cref="PackageException">It is none.</exception>
    public static (string Name, OnnxAttribute Value) Read(ProtobufReader attribute)
    {
        string name = "";
        float real = 0;
        long number = 0;
        OnnxTensor? tensor = null;
        var numbers = new List<long>();
        while (attribute.Next())
        {
            switch (attribute.Field)
            {
                case 1: name = attribute.Text(); break;
                case 2: real = attribute.Real(); break;
                case 3: number = attribute.Number(); break;
                case 5: tensor = OnnxTensor.Read(attribute.Message()); break;
                case 8: attribute.Numbers(numbers, MostNumbers); break;
                default: attribute.Skip(); break;
            }
        }

        return (name, new OnnxAttribute(real, number, tensor, numbers));
    }
}
