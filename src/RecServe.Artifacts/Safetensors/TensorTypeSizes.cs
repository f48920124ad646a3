namespace RecServe.Artifacts;

/// <summary>Bytes of an element of each <see cref="TensorType"/>.</summary>
public static class TensorTypeSizes
{
    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    public static int Bytes(this TensorType type) => type switch
    {
        TensorType.BOOL or TensorType.U8 or TensorType.I8 => 1,
        TensorType.U16 or TensorType.I16 or TensorType.F16 or TensorType.BF16 => 2,
        TensorType.U32 or TensorType.I32 or TensorType.F32 => 4,
        _ => 8,
    };
}
