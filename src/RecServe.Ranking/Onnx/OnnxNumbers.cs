using System.Buffers.Binary;

namespace RecServe.Ranking;

/// <summary>Numbers of an ONNX tensor by their element type (TensorProto.DataType).</summary>
internal static class OnnxNumbers
{
    private const int Float = 1, Int32 = 6, Int64 = 7, Double = 11;

    /// <summary>Whether tensors of the type are read.</summary>
    public static bool IsKnown(long type) => type is Float or Int32 or Int64 or Double;

    /// <summary>The numbers of raw_data, little endian; null where the type is not known or the bytes do not divide into it.</summary>
    public static float[]? Decode(ReadOnlySpan<byte> raw, long type)
    {
        int size = type is Float or Int32 ? 4 : 8;
        if (!IsKnown(type) || raw.Length % size != 0)
            return null;
        var values = new float[raw.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> one = raw.Slice(i * size, size);
            values[i] = type switch
            {
                Float => BinaryPrimitives.ReadSingleLittleEndian(one),
                Int32 => BinaryPrimitives.ReadInt32LittleEndian(one),
                Int64 => BinaryPrimitives.ReadInt64LittleEndian(one),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(one),
            };
        }

        return values;
    }

    /// <summary>Adds float_data (4), int32_data (5), int64_data (7) or double_data (10), one number or packed ones.</summary>
    public static void Read(ref ProtobufReader tensor, List<float> values)
    {
        switch (tensor.Field)
        {
            case 5 or 7:
                var whole = new List<long>();
                tensor.Numbers(whole, int.MaxValue);
                values.AddRange(whole.Select(number => (float)number));
                break;
            case 4 when tensor.IsFourBytes:
                values.Add(tensor.Real());
                break;
            default:
                int field = tensor.Field;
                float[]? packed = Decode(tensor.Bytes(), field == 4 ? Float : Double);
                if (packed is null)
                    tensor.Fail($"field {field} has packed numbers that are cut off");
                values.AddRange(packed);
                break;
        }
    }
}
