namespace RecServe.Kernels;

/// <summary>The loops over a row's numbers at one register width; <see cref="RowKernel{TLoop}"/> picks formats and sinks.</summary>
internal unsafe interface IRowLoop
{
    static abstract string Name { get; }

    static abstract bool IsSupported { get; }

    /// <summary>Decodes a row into <paramref name="values"/> through the sink.</summary>
    static abstract void Decode<TFormat, TSink>(byte* row, int dim, float* values, float weight)
        where TFormat : struct, IRowFormat
        where TSink : struct, IRowSink;

    /// <summary>Smallest and largest number, and the largest bit pattern without sign (from 0x7F800000 on: not all are finite).</summary>
    static abstract RowExtent Measure(float* values, int dim);

    /// <summary>codes[i] = clamp(round to even((x - bias) · inverse), 0, top).</summary>
    static abstract void QuantizeAffine(float* values, int dim, float bias, float inverse, int top, byte* codes);

    /// <summary>codes[i] = clamp(round to even(x / scale), -127, 127).</summary>
    static abstract void QuantizeSymmetric(float* values, int dim, float scale, sbyte* codes);
}
