namespace RecServe.Kernels.Tests;

public class RowCodecTests
{
    private static readonly int[] Dims = [1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 33, 64, 65, 100, 1025];

    public static TheoryData<string, RowPrecision> Cases()
    {
        var cases = new TheoryData<string, RowPrecision>();
        foreach (RowKernel kernel in RowKernel.Available)
        {
            foreach (RowPrecision precision in Enum.GetValues<RowPrecision>())
                cases.Add(kernel.Name, precision);
        }

        return cases;
    }

    [Theory]
    [InlineData(RowPrecision.Fp32, 17, 68)]
    [InlineData(RowPrecision.Fp16, 17, 34)]
    [InlineData(RowPrecision.Int8, 17, 25)]
    [InlineData(RowPrecision.Int8Compact, 17, 19)]
    [InlineData(RowPrecision.Int4, 17, 13)]
    [InlineData(RowPrecision.Int2, 17, 9)]
    public void RowBytes_odd_dim_is_the_formats(RowPrecision precision, int dim, int bytes) =>
        Assert.Equal(bytes, RowCodec.RowBytes(precision, dim));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(RowCodec.MaxDim + 1)]
    public void RowBytes_dim_out_of_range_is_refused(int dim) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RowCodec.RowBytes(RowPrecision.Int8, dim));

    [Fact]
    public void RowPrecision_values_never_change() =>
        Assert.Equal(["Fp32=0", "Fp16=1", "Int8=2", "Int8Compact=3", "Int4=4", "Int2=5"],
            Enum.GetValues<RowPrecision>().Select(precision => $"{precision}={(int)precision}"));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_every_kernel_gives_the_references_bytes(string kernel, RowPrecision precision)
    {
        var random = new Random(21);
        foreach (int dim in Dims)
        {
            for (int repeat = 0; repeat < 20; repeat++)
            {
                float[] values = RandomRows.Create(random, dim);
                byte[] expected = new byte[RowCodec.RowBytes(precision, dim)], row = new byte[expected.Length];
                Assert.Equal(RowCodec.Encode(RowKernels.Named("scalar"), precision, values, expected),
                    RowCodec.Encode(RowKernels.Named(kernel), precision, values, row));
                Assert.Equal(expected, row);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_add_and_max_random_bytes_equal_the_double_reference(string kernel, RowPrecision precision)
    {
        var random = new Random(22);
        RowKernel tested = RowKernels.Named(kernel), scalar = RowKernels.Named("scalar");
        foreach (int dim in Dims)
        {
            byte[] row = new byte[RowCodec.RowBytes(precision, dim)];
            Assert.True(RowCodec.Encode(scalar, precision, RandomRows.Create(random, dim), row).Ok);
            float[] decoded = RowKernels.Decode(tested, precision, row, dim);
            Assert.Equal(RowKernels.Decode(scalar, precision, row, dim), decoded);

            float[] start = RandomRows.Create(random, dim), sum = [.. start], max = [.. start];
            RowCodec.DecodeAdd(tested, precision, row, 0.37f, sum);
            RowCodec.DecodeMax(tested, precision, row, max);
            for (int i = 0; i < dim; i++)
            {
                double expected = ReferenceCodec.Decode(precision, row, dim, i);
                Assert.Equal(expected, decoded[i], 1e-6 * Math.Max(1e-3, Math.Abs(expected)) + 1e-3 * Math.Abs(expected - decoded[i]));
                Assert.Equal(start[i] + 0.37 * expected, sum[i], 2e-6 * (Math.Abs(start[i]) + Math.Abs(expected)) + 1e-9);
                Assert.Equal(MathF.Max(start[i], decoded[i]), max[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_nothing_beyond_the_row_is_written(string kernel, RowPrecision precision)
    {
        foreach (int dim in Dims)
        {
            byte[] row = new byte[RowCodec.RowBytes(precision, dim)];
            float[] values = new float[dim + 32];
            Array.Fill(values, 7f);
            RowCodec.Decode(RowKernels.Named(kernel), precision, row, values.AsSpan(16, dim));
            Assert.All(values[..16].Concat(values[(dim + 16)..]), value => Assert.Equal(7f, value));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DecodeRows_batch_with_and_without_prefetch_equals_row_by_row(string kernel, RowPrecision precision)
    {
        const int count = 37;
        int[] starts = new int[count];
        var random = new Random(23);
        foreach (int dim in Dims)
        {
            int bytes = RowCodec.RowBytes(precision, dim);
            const int offset = 5;
            byte[] rows = new byte[offset + count * bytes];
            float[] expected = new float[count * dim], values = new float[count * dim];
            for (int j = 0; j < count; j++)
            {
                RowCodec.Encode(precision, RandomRows.Create(random, dim), rows.AsSpan(offset + j * bytes, bytes));
                RowCodec.Decode(precision, rows.AsSpan(offset + j * bytes, bytes), expected.AsSpan(j * dim, dim));
                starts[j] = j * bytes;
            }

            foreach (int ahead in (int[])[0, 5, count, count + 3])
            {
                Array.Clear(values);
                RowCodec.DecodeRows(RowKernels.Named(kernel), precision, dim, rows, starts, ahead, new RowPlace(offset, bytes, dim == 16), values);
                Assert.Equal(expected, values);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DecodeKeyedRows_equals_row_by_row_and_tells_which_rows_stand_under_another_key(string kernel, RowPrecision precision)
    {
        const int count = 37, offset = 8;
        var random = new Random(29);
        foreach (int dim in Dims)
        {
            int bytes = RowCodec.RowBytes(precision, dim), place = offset + bytes;
            byte[] rows = new byte[count * place];
            int[] starts = new int[count];
            ulong[] keys = new ulong[count], differences = new ulong[count];
            float[] expected = new float[count * dim], values = new float[count * dim];
            for (int j = 0; j < count; j++)
            {
                starts[j] = j * place;
                keys[j] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
                BitConverter.TryWriteBytes(rows.AsSpan(starts[j]), keys[j]);
                RowCodec.Encode(precision, RandomRows.Create(random, dim), rows.AsSpan(starts[j] + offset, bytes));
                RowCodec.Decode(precision, rows.AsSpan(starts[j] + offset, bytes), expected.AsSpan(j * dim, dim));
            }

            foreach (int ahead in (int[])[0, 5, count, count + 3])
            {
                foreach (int[] wrong in (int[][])[[], [0], [36], [7, 8, 20]])
                {
                    ulong[] wanted = [.. keys.Select((key, j) => wrong.Contains(j) ? key ^ (1UL << j) : key)];
                    ulong all = RowCodec.DecodeKeyedRows(RowKernels.Named(kernel), precision, dim, rows, starts, ahead, new RowPlace(offset, place, dim == 16), wanted, differences, values);
                    Assert.Equal(wrong.Length > 0, all != 0);
                    Assert.Equal(wrong, Enumerable.Range(0, count).Where(j => differences[j] != 0));
                    Assert.Equal(expected, values);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DecodeScattered_every_row_goes_to_its_number_and_nowhere_else(string kernel, RowPrecision precision)
    {
        const int count = 21, offset = 8;
        var random = new Random(24);
        foreach (int dim in Dims)
        {
            int bytes = RowCodec.RowBytes(precision, dim);
            int[] starts = new int[count], numbers = [.. Enumerable.Range(0, count + 5).OrderBy(_ => random.Next()).Take(count)];
            byte[] rows = new byte[offset + (count * bytes)];
            float[] expected = [.. Enumerable.Repeat(7f, (count + 5) * dim)], values = [.. expected];
            for (int j = 0; j < count; j++)
            {
                Span<byte> row = rows.AsSpan(offset + (j * bytes), bytes);
                RowCodec.Encode(precision, RandomRows.Create(random, dim), row);
                RowCodec.Decode(precision, row, expected.AsSpan(numbers[j] * dim, dim));
                starts[j] = j * bytes;
            }

            RowCodec.DecodeScattered(RowKernels.Named(kernel), precision, dim, rows, starts, new RowPlace(offset, bytes, false), numbers, values);
            Assert.Equal(expected, values);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_numbers_that_are_not_finite_are_refused_with_their_position(string kernel, RowPrecision precision)
    {
        foreach (int dim in Dims)
        {
            foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            {
                float[] values = RandomRows.Create(new Random(dim), dim);
                int position = dim / 2;
                values[position] = bad;
                values[^1] = dim - 1 == position ? bad : float.NaN;
                RowEncodeStatus status = RowCodec.Encode(
                    RowKernels.Named(kernel), precision, values, new byte[RowCodec.RowBytes(precision, dim)]);
                Assert.Equal(new RowEncodeStatus(RowFault.NotFinite, position), status);
            }
        }
    }

    [Theory]
    [InlineData(RowPrecision.Fp16, 65_520f)]
    [InlineData(RowPrecision.Fp16, -70_000f)]
    [InlineData(RowPrecision.Int8Compact, -8.4e6f)]
    [InlineData(RowPrecision.Int4, -65_520f)]
    [InlineData(RowPrecision.Int4, 1e6f)]
    [InlineData(RowPrecision.Int2, 2e5f)]
    public void Encode_number_too_large_for_the_precision_is_refused_with_its_position(RowPrecision precision, float large)
    {
        float[] values = [1, 2, large, 3];
        byte[] row = new byte[RowCodec.RowBytes(precision, 4)];
        Assert.Equal(new RowEncodeStatus(RowFault.OutOfRange, 2), RowCodec.Encode(precision, values, row));
        Assert.Equal(new RowEncodeStatus(RowFault.OutOfRange, 2), RowCodec.EncodeStochastic(precision, values, row, 1, 1));
        values[2] = large / 8;
        Assert.True(RowCodec.Encode(precision, values, row).Ok);
    }

    [Fact]
    public void Encode_range_beyond_a_float_is_refused() =>
        Assert.Equal(new RowEncodeStatus(RowFault.OutOfRange, 1),
            RowCodec.Encode(RowPrecision.Int8, [-3e38f, 3e38f], new byte[10]));

    [Theory]
    [InlineData(RowPrecision.Int8)]
    [InlineData(RowPrecision.Int4)]
    [InlineData(RowPrecision.Int2)]
    public void Encode_constant_row_decodes_to_the_constant(RowPrecision precision)
    {
        float[] decoded = new float[17];
        byte[] row = new byte[RowCodec.RowBytes(precision, 17)];
        foreach (float constant in (float[])[0f, 1f, -2.5f, 0.1f, -1e-7f])
        {
            Assert.True(RowCodec.Encode(precision, Enumerable.Repeat(constant, 17).ToArray(), row).Ok);
            RowCodec.Decode(precision, row, decoded);
            Assert.All(decoded, value => Assert.Equal(constant, value, Math.Abs(constant) * 2e-4f + 6e-8f));
        }
    }

    [Fact]
    public void Decode_row_of_a_wrong_length_is_refused_with_both_lengths()
    {
        var failure = Assert.Throws<ArgumentException>(() => RowCodec.Decode(RowPrecision.Int8, new byte[16], new float[16]));
        Assert.Contains("24 bytes, not 16", failure.Message);
    }

    [Fact]
    public void Fp16_every_finite_half_decodes_exactly_with_every_kernel()
    {
        ushort[] finite = [.. Enumerable.Range(0, 65536).Select(bits => (ushort)bits).Where(bits => Half.IsFinite(BitConverter.UInt16BitsToHalf(bits)))];
        foreach (ushort[] chunk in finite.Chunk(4096))
        {
            byte[] row = new byte[2 * chunk.Length];
            Buffer.BlockCopy(chunk, 0, row, 0, row.Length);
            foreach (RowKernel kernel in RowKernel.Available)
            {
                Assert.Equal(chunk.Select(bits => BitConverter.SingleToUInt32Bits((float)BitConverter.UInt16BitsToHalf(bits))),
                    RowKernels.Decode(kernel, RowPrecision.Fp16, row, chunk.Length).Select(BitConverter.SingleToUInt32Bits));
            }
        }
    }

    [Theory]
    [InlineData(RowPrecision.Fp32, 11, 0x7F, 10, 0x80)]
    [InlineData(RowPrecision.Fp16, 5, 0xFC, 4, 0)]
    [InlineData(RowPrecision.Int8, 6, 0x7F, 5, 0xC0)]
    [InlineData(RowPrecision.Int8, 10, 0xFF, 9, 0x80)]
    [InlineData(RowPrecision.Int8Compact, 4, 0x7C, 3, 0)]
    [InlineData(RowPrecision.Int4, 3, 0x7E, 2, 0)]
    [InlineData(RowPrecision.Int2, 4, 0x7C, 3, 1)]
    public void IsFinite_stored_infinity_or_NaN_is_found(RowPrecision precision, int high, byte highByte, int low, byte lowByte)
    {
        byte[] row = new byte[RowCodec.RowBytes(precision, 3)];
        Assert.True(RowCodec.IsFinite(precision, row, 3));
        (row[high], row[low]) = (highByte, lowByte);
        Assert.False(RowCodec.IsFinite(precision, row, 3));
    }
}
