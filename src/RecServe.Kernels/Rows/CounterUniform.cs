namespace RecServe.Kernels;

/// <summary>Uniform numbers by position instead of by state: the same seed, row and element always give the same number.</summary>
/// <remarks>The finalizer is SplitMix64's (Steele, Lea, Flood, OOPSLA 2014).</remarks>
internal readonly struct CounterUniform
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _row;

    public CounterUniform(ulong seed, ulong row) => _row = Mix(Mix(seed + Golden) + row * Golden);

    /// <summary>Number <paramref name="element"/> of the row, in [0, 1) with 24 bits.</summary>
    public float this[int element] => (Mix(_row + (ulong)element * Golden) >> 40) * (1f / (1 << 24));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
