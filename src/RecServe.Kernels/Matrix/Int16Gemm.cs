using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecServe.Kernels;

/// <summary>
/// Y = activation(X·Wᵀ + bias) in 16-bit integers with exact 32-bit sums: each row of X is rounded with a scale of its own. Two inputs are multiplied and added at once, by units beside those that
/// add the sums up, so that on 512-bit registers it takes less time than the product in single precision.
/// </summary>
public static class Int16Gemm
{
    // Rows rounded at a time: of 512 inputs 48 KB, beside panels of 64 KB.
    private const int Block = 48, TileRows = 6, Lanes = 16;

    [ThreadStatic]
    private static AlignedFloats? _scratch;

    /// <summary>Whether this machine does it faster than in single precision.</summary>
    public static bool IsFast => Avx512BW.IsSupported && KernelSelection.Current is Vector512GemmKernel;

    /// <summary>The product.</summary>
    /// <param name="x">Rows of inputs. A row with a number that is not finite gives NaN.</param>
    /// <param name="xStride">Floats from one row to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">W.</param>
    /// <param name="bias">One an output.</param>
    /// <param name="activation">Applied last; NaN stays NaN.</param>
    /// <param name="y">Rows of outputs.</param>
    /// <param name="yStride">Floats from one row to the next.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Linear(ReadOnlySpan<float> x, int xStride, int rows, Int16Matrix weights, ReadOnlySpan<float> bias, Activation activation, Span<float> y, int yStride) =>
        Linear(x, xStride, rows, weights, bias, activation, y, yStride, Avx512BW.IsSupported);

    /// <summary>The product, by number where <paramref name="byVectors"/> is false.</summary>
    internal static unsafe void Linear(ReadOnlySpan<float> x, int xStride, int rows, Int16Matrix weights, ReadOnlySpan<float> bias, Activation activation, Span<float> y, int yStride, bool byVectors)
    {
        if (rows == 0)
            return;
        MatrixBounds.CheckVector(x.Length, ((rows - 1) * xStride) + weights.Inputs, nameof(x));
        MatrixBounds.CheckVector(y.Length, ((rows - 1) * yStride) + weights.Outputs, nameof(y));
        MatrixBounds.CheckVector(bias.Length, weights.Outputs, nameof(bias));
        int pairs = weights.Pairs, needed = Block * (pairs + 1) + weights.Scales.Length;
        if (_scratch is null || _scratch.Length < needed)
            _scratch = new AlignedFloats(needed);
        Span<float> scales = _scratch.Span.Slice(Block * pairs, Block), biases = _scratch.Span.Slice(Block * (pairs + 1), weights.Scales.Length);
        bias[..weights.Outputs].CopyTo(biases);
        biases[weights.Outputs..].Clear();
        Span<short> codes = MemoryMarshal.Cast<float, short>(_scratch.Span[..(Block * pairs)]);
        float floor = activation == Activation.Relu ? 0 : float.NegativeInfinity;
        fixed (short* a = codes, w = weights.Codes)
        fixed (float* rowScales = scales, columnScales = weights.Scales, shifts = biases, outputs = y)
        {
            for (int first = 0; first < rows; first += Block)
            {
                int count = Math.Min(Block, rows - first);
                for (int r = 0; r < count; r++)
                {
                    Span<short> row = codes.Slice(2 * r * pairs, 2 * pairs);
                    row[^1] = 0; // behind an odd last input
                    rowScales[r] = Int16Units.Encode(x.Slice((first + r) * xStride, weights.Inputs), row, weights.MostInputCode);
                }

                for (int panel = 0; panel < weights.Panels; panel++)
                {
                    int at = panel * Int16Matrix.PanelWidth, width = Math.Min(Int16Matrix.PanelWidth, weights.Outputs - at);
                    var side = new Side(w + (2L * at * pairs), columnScales + at, shifts + at, width, floor);
                    for (int r = 0; r < count; r += TileRows)
                    {
                        float* target = outputs + ((long)(first + r) * yStride) + at;
                        if (byVectors)
                            Tile(a + (2L * r * pairs), Math.Min(TileRows, count - r), pairs, rowScales + r, side, target, yStride);
                        else
                            Plain(a + (2L * r * pairs), Math.Min(TileRows, count - r), pairs, rowScales + r, side, target, yStride);
                    }
                }
            }
        }
    }

    private static unsafe void Tile(short* a, int rows, int pairs, float* rowScales, in Side side, float* y, int yStride)
    {
        if (rows == TileRows && side.Width == Int16Matrix.PanelWidth)
        {
            Tile<Size6>(a, pairs, side.Weights, rowScales, side, y, yStride);
            return;
        }

        // What is left over goes through a tile of its own, row by row where rows are missing, and by way of a whole line where outputs are.
        float* line = stackalloc float[Int16Matrix.PanelWidth];
        for (int r = 0; r < rows; r++)
        {
            Tile<Size1>(a + (2L * r * pairs), pairs, side.Weights, rowScales + r, side, line, 0);
            new ReadOnlySpan<float>(line, side.Width).CopyTo(new Span<float>(y + ((long)r * yStride), side.Width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Tile<TRows>(short* a, int pairs, short* w, float* rowScales, in Side side, float* y, int yStride)
        where TRows : struct, ITileSize
    {
        Vector512<int> a0 = default, b0 = default, c0 = default, d0 = default;
        Vector512<int> a1 = default, b1 = default, c1 = default, d1 = default;
        Vector512<int> a2 = default, b2 = default, c2 = default, d2 = default;
        Vector512<int> a3 = default, b3 = default, c3 = default, d3 = default;
        Vector512<int> a4 = default, b4 = default, c4 = default, d4 = default;
        Vector512<int> a5 = default, b5 = default, c5 = default, d5 = default;
        int* x0 = (int*)a, x3 = x0 + (3L * pairs);
        nint step = pairs;
        for (int* end = x0 + pairs; x0 < end; x0++, x3++, w += 2 * Int16Matrix.PanelWidth)
        {
            Vector512<short> wa = Vector512.Load(w), wb = Vector512.Load(w + 32), wc = Vector512.Load(w + 64), wd = Vector512.Load(w + 96);
            Multiply(x0[0], wa, wb, wc, wd, ref a0, ref b0, ref c0, ref d0);
            if (TRows.Value > 1)
            {
                Multiply(x0[step], wa, wb, wc, wd, ref a1, ref b1, ref c1, ref d1);
                Multiply(x0[2 * step], wa, wb, wc, wd, ref a2, ref b2, ref c2, ref d2);
                Multiply(x3[0], wa, wb, wc, wd, ref a3, ref b3, ref c3, ref d3);
                Multiply(x3[step], wa, wb, wc, wd, ref a4, ref b4, ref c4, ref d4);
                Multiply(x3[2 * step], wa, wb, wc, wd, ref a5, ref b5, ref c5, ref d5);
            }
        }

        Store(y, rowScales[0], side, a0, b0, c0, d0);
        if (TRows.Value > 1)
        {
            Store(y + yStride, rowScales[1], side, a1, b1, c1, d1);
            Store(y + (2L * yStride), rowScales[2], side, a2, b2, c2, d2);
            Store(y + (3L * yStride), rowScales[3], side, a3, b3, c3, d3);
            Store(y + (4L * yStride), rowScales[4], side, a4, b4, c4, d4);
            Store(y + (5L * yStride), rowScales[5], side, a5, b5, c5, d5);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(int pair, Vector512<short> wa, Vector512<short> wb, Vector512<short> wc, Vector512<short> wd,
        ref Vector512<int> a, ref Vector512<int> b, ref Vector512<int> c, ref Vector512<int> d)
    {
        Vector512<short> x = Vector512.Create(pair).AsInt16();
        a += Avx512BW.MultiplyAddAdjacent(x, wa);
        b += Avx512BW.MultiplyAddAdjacent(x, wb);
        c += Avx512BW.MultiplyAddAdjacent(x, wc);
        d += Avx512BW.MultiplyAddAdjacent(x, wd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store(float* y, float rowScale, in Side side, Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d)
    {
        Vector512<float> scale = Vector512.Create(rowScale), floor = Vector512.Create(side.Floor);
        Store(y, scale, floor, side, 0, a);
        Store(y, scale, floor, side, Lanes, b);
        Store(y, scale, floor, side, 2 * Lanes, c);
        Store(y, scale, floor, side, 3 * Lanes, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store(float* y, Vector512<float> rowScale, Vector512<float> floor, in Side side, int at, Vector512<int> sums)
    {
        Vector512<float> outputs = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(sums), rowScale * Vector512.Load(side.Scales + at), Vector512.Load(side.Bias + at));
        Vector512.MaxNative(floor, outputs).Store(y + at);
    }

    private static unsafe void Plain(short* a, int rows, int pairs, float* rowScales, in Side side, float* y, int yStride)
    {
        for (int r = 0; r < rows; r++)
        {
            for (int o = 0; o < side.Width; o++)
            {
                int sum = 0;
                for (int p = 0; p < pairs; p++)
                {
                    short* w = side.Weights + (((p * Int16Matrix.PanelWidth) + o) * 2), x = a + (2L * ((r * pairs) + p));
                    sum += (w[0] * x[0]) + (w[1] * x[1]);
                }

                float output = MathF.FusedMultiplyAdd(sum, rowScales[r] * side.Scales[o], side.Bias[o]);
                y[((long)r * yStride) + o] = output < side.Floor ? side.Floor : output;
            }
        }
    }

    /// <summary>What a panel brings to its tiles.</summary>
    private readonly unsafe struct Side(short* weights, float* scales, float* bias, int width, float floor)
    {
        public readonly short* Weights = weights;
        public readonly float* Scales = scales, Bias = bias;
        public readonly int Width = width;
        public readonly float Floor = floor;
    }
}
