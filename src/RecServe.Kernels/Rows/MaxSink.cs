using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>The larger of the decoded number and what stood there is kept: max pooling.</summary>
internal readonly struct MaxSink : IRowSink
{
    public static float Merge(float old, float value, float weight) => MathF.Max(old, value);

    public static Vector256<float> Merge(Vector256<float> old, Vector256<float> value, float weight) => Vector256.Max(old, value);

    public static Vector512<float> Merge(Vector512<float> old, Vector512<float> value, float weight) => Vector512.Max(old, value);
}
