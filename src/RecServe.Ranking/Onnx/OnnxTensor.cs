using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>A constant of an ONNX graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Values">The numbers, row-major: floats and doubles as floats, whole numbers too where they fit.</param>
internal sealed record OnnxTensor(string Name, IReadOnlyList<int> Shape, float[] Values)
{
    private const int MostDimensions = 8;

    /// <summary>Reads a TensorProto.</summary>
    /// <param name="tensor">The message.</param>
    /// <exception cref="PackageException">It is no tensor of numbers that stands in the file, or its data do not have the length of its shape.</exception>
    public static OnnxTensor Read(ProtobufReader tensor)
    {
        var sizes = new List<long>();
        string name = "";
        long type = 0, place = 0;
        ReadOnlySpan<byte> raw = default;
        var typed = new List<float>();
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 1: tensor.Numbers(sizes, MostDimensions); break;
                case 2: type = tensor.Number(); break;
                case 4 or 5 or 7 or 10: OnnxNumbers.Read(ref tensor, typed); break;
                case 8: name = tensor.Text(); break;
                case 9: raw = tensor.Bytes(); break;
                case 14: place = tensor.Number(); break;
                default: tensor.Skip(); break;
            }
        }

        if (place != 0)
            tensor.Fail($"tensor '{name}' lies in another file; save the model with its weights inside");
        long count = 1;
        foreach (long size in sizes)
        {
            if (size < 0 || size > int.MaxValue || (count *= size) > int.MaxValue)
                tensor.Fail($"tensor '{name}' has the shape [{string.Join(", ", sizes)}], which is no array");
        }

        float[] values = raw.IsEmpty ? [.. typed] : OnnxNumbers.Decode(raw, type) ?? [];
        if (!OnnxNumbers.IsKnown(type))
            tensor.Fail($"tensor '{name}' has the element type {type}; known are 1 (float), 11 (double), 6 (int32) and 7 (int64)");
        if (values.Length != count)
            tensor.Fail($"tensor '{name}' of the shape [{string.Join(", ", sizes)}] has {values.Length} numbers, expected {count}");
        return new OnnxTensor(name, [.. sizes.Select(size => (int)size)], values);
    }
}
