namespace RecServe.Kernels;

/// <summary>What encoding needs to know about a row's numbers.</summary>
/// <param name="Min">Smallest number.</param>
/// <param name="Max">Largest number.</param>
/// <param name="Magnitude">Largest bit pattern without the sign bit.</param>
internal readonly record struct RowExtent(float Min, float Max, uint Magnitude)
{
    private const uint InfinityBits = 0x7F800000;

    /// <summary>Whether no number is NaN or infinite.</summary>
    public bool IsFinite => Magnitude < InfinityBits;

    /// <summary>Largest magnitude.</summary>
    public float MaxMagnitude => BitConverter.UInt32BitsToSingle(Magnitude);
}
