using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecServe.Kernels.Tests;

public class PackedPanelsTests
{
    public static TheoryData<string> KernelNames() => new(Kernels.Names);

    [Theory]
    [MemberData(nameof(KernelNames))]
    public void Linear_weights_packed_from_their_transpose_equals_the_packed_matrix_to_the_bit(string name)
    {
        var random = new Random(21);
        GemmKernel kernel = Kernels.Named(name);
        foreach (int outputs in (int[])[1, 2, 15, 16, 17, 33, 96, 130])
        {
            foreach (int inputs in (int[])[0, 1, 7, 96, 700])
            {
                var columns = new GuardedMatrix(inputs, outputs, random.Next(3), random);
                float[] weights = new float[outputs * inputs], bias = [.. Enumerable.Range(0, outputs).Select(_ => random.NextSingle())];
                for (int o = 0; o < outputs; o++)
                {
                    for (int i = 0; i < inputs; i++)
                        weights[(o * inputs) + i] = columns[i, o];
                }

                var x = new GuardedMatrix(13, inputs, 2, random);
                float[] memory = new float[PackedPanels.Length(outputs, inputs, kernel)], expected = new float[13 * outputs], actual = new float[13 * outputs];
                PackedPanels.Pack(columns.Span, columns.Stride, outputs, inputs, memory, kernel);
                Gemm.Linear(x.Span, x.Stride, 13, PackedMatrix.Pack(weights, outputs, inputs, inputs, kernel), bias, Activation.Relu, expected, outputs);
                Gemm.Linear(x.Span, x.Stride, 13, new PackedPanels(memory, outputs, inputs, kernel), bias, Activation.Relu, actual, outputs);
                Assert.Equal(expected, actual);
            }
        }
    }

    [Fact]
    public void Linear_columns_of_one_memory_read_and_others_written_equals_separate_memory()
    {
        // A cross network keeps its blocks side by side: a layer reads some columns of the rows and writes the next ones.
        var random = new Random(22);
        const int Width = 37, Rows = 29, Stride = 2 * Width;
        float[] w = Draw(random, Width * Width), memory = new float[Rows * Stride], expected = new float[Rows * Width];
        for (int r = 0; r < Rows; r++)
            Draw(random, Width).CopyTo(memory, r * Stride);
        PackedMatrix packed = PackedMatrix.Pack(w, Width, Width, Width);
        Gemm.Linear(memory, Stride, Rows, packed, [], Activation.None, expected, Width);
        Gemm.Linear(memory, Stride, Rows, packed, [], Activation.None, memory.AsSpan(Width), Stride);
        for (int r = 0; r < Rows; r++)
            Assert.Equal(expected[(r * Width)..((r + 1) * Width)], memory[((r * Stride) + Width)..((r * Stride) + (2 * Width))]);
    }

    [Fact]
    public void Pack_short_memory_throws_expected_and_actual()
    {
        Assert.Throws<ArgumentException>(() => PackedPanels.Pack(new float[5], 2, 2, 3, new float[PackedPanels.Length(2, 3)]));
        Assert.Throws<ArgumentException>(() => PackedPanels.Pack(new float[6], 2, 2, 3, new float[PackedPanels.Length(2, 3) - 1]));
        Assert.Throws<ArgumentException>(() => new PackedPanels(new float[PackedPanels.Length(2, 3) - 1], 2, 3).Outputs);
        Assert.Throws<ArgumentException>(() => PackedPanels.Length(100_000, 100_000));
    }

    [Fact]
    public void TiledRows_counts_low_tiles_as_four_rows()
    {
        int tile = KernelSelection.Current.MaxRows;
        Assert.Equal(0, Gemm.TiledRows(0));
        Assert.Equal(4, Gemm.TiledRows(1));
        Assert.Equal(4, Gemm.TiledRows(4));
        Assert.Equal(40 * tile, Gemm.TiledRows(40 * tile));
        Assert.Equal((40 * tile) + 4, Gemm.TiledRows((40 * tile) + 1));
    }

    [Fact]
    public void AlignedFloats_begin_on_a_cache_line()
    {
        for (int length = 0; length < 40; length++)
        {
            var floats = new AlignedFloats(length);
            Assert.Equal(length, floats.Span.Length);
            Assert.Equal(0, Address(ref MemoryMarshal.GetReference(floats.Span)) % 64);
        }
    }

    // The memory is pinned, so that the address holds.
    private static nint Address(ref float first) => Unsafe.ByteOffset(ref Unsafe.NullRef<float>(), ref first);

    private static float[] Draw(Random random, int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)];
}
