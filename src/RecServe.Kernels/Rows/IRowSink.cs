using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>What becomes of a decoded number: stored, added with a weight, or kept if larger.</summary>
internal interface IRowSink
{
    static abstract float Merge(float old, float value, float weight);

    static abstract Vector256<float> Merge(Vector256<float> old, Vector256<float> value, float weight);

    static abstract Vector512<float> Merge(Vector512<float> old, Vector512<float> value, float weight);
}
