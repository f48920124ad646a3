using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>The decoded number replaces what stood there.</summary>
internal readonly struct StoreSink : IRowSink
{
    public static float Merge(float old, float value, float weight) => value;

    public static Vector256<float> Merge(Vector256<float> old, Vector256<float> value, float weight) => value;

    public static Vector512<float> Merge(Vector512<float> old, Vector512<float> value, float weight) => value;
}
