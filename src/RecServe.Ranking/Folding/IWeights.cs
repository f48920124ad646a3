using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// The matrix products that folding needs, in one precision: <see cref="FloatWeights"/> serves; the tests bring one in double, so that the
/// algebra is checked to 1e-12 in the very code that serves.
/// </summary>
/// <typeparam name="T">A number.</typeparam>
/// <typeparam name="TSelf">The implementing type: W of a product Y = X·Wᵀ, packed.</typeparam>
internal interface IWeights<T, TSelf>
    where T : unmanaged
    where TSelf : IWeights<T, TSelf>
{
    /// <summary>Rows of W.</summary>
    int Outputs { get; }

    /// <summary>Columns of W.</summary>
    int Inputs { get; }

    /// <summary>Packs W, row-major, rows <paramref name="stride"/> numbers apart.</summary>
    static abstract TSelf Pack(ReadOnlySpan<T> weights, int outputs, int inputs, int stride);

    /// <summary>Packs W of a layer above the first, whose inputs are outputs of the layer below: where scores may differ a little, it may be rounded.</summary>
    static virtual TSelf PackUpper(ReadOnlySpan<T> weights, int outputs, int inputs) => TSelf.Pack(weights, outputs, inputs, inputs);

    /// <summary>Numbers of the packed form in a caller's memory.</summary>
    static abstract int PanelLength(int outputs, int inputs);

    /// <summary>Packs Wᵀ, given as [inputs, outputs] with rows <paramref name="stride"/> numbers apart, into a caller's memory.</summary>
    static abstract void PackPanels(ReadOnlySpan<T> columns, int stride, int outputs, int inputs, Span<T> panels);

    /// <summary>Y = activation(X·Wᵀ + bias), or with <paramref name="accumulate"/> activation(Y + X·Wᵀ + bias), W from a caller's memory.</summary>
    static abstract void Apply(ReadOnlySpan<T> panels, int outputs, int inputs, ReadOnlySpan<T> x, int xStride, int rows, ReadOnlySpan<T> bias,
        Activation activation, Span<T> y, int yStride, bool accumulate = false);

    /// <summary>Y = activation(X·Wᵀ + bias), or with <paramref name="accumulate"/> activation(Y + X·Wᵀ + bias).</summary>
    void Apply(ReadOnlySpan<T> x, int xStride, int rows, ReadOnlySpan<T> bias, Activation activation, Span<T> y, int yStride,
        bool accumulate = false);
}
