using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>The decoded number times a weight is added: sum pooling, and mean pooling with weight 1/n.</summary>
internal readonly struct AddSink : IRowSink
{
    public static float Merge(float old, float value, float weight) => MathF.FusedMultiplyAdd(value, weight, old);

    public static Vector256<float> Merge(Vector256<float> old, Vector256<float> value, float weight) =>
        Vector256.FusedMultiplyAdd(value, Vector256.Create(weight), old);

    public static Vector512<float> Merge(Vector512<float> old, Vector512<float> value, float weight) =>
        Vector512.FusedMultiplyAdd(value, Vector512.Create(weight), old);
}
