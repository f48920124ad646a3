using RecServe.Artifacts;

namespace RecServe.Embeddings.Tests;

[Collection(NativeMemoryTests.Name)]
public class EmbeddingTableGatherTests
{
    public static TheoryData<string, int, int, bool, bool> Shapes
    {
        get
        {
            var shapes = new TheoryData<string, int, int, bool, bool>();
            foreach (string pattern in (string[])["random", "sequential", "same low bits", "same high bits", "multiples of 2^32", "top of the range"])
            {
                foreach ((int rows, int dim) in ((int, int)[])[(0, 1), (1, 16), (7, 7), (17, 0), (1025, 10), (5000, 33)])
                    shapes.Add(pattern, rows, dim, rows % 2 == 0, dim != 10);
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gather_equals_the_dictionary_reference(string pattern, int rows, int dim, bool unknown, bool linear)
    {
        int width = dim + (linear ? 1 : 0);
        PackageTable package = SampleTable.Of(SampleTable.Keys(pattern, rows), width, unknown);
        using var table = new EmbeddingTable(package);
        var reference = new ReferenceTable(package);
        var random = new Random(rows + dim);
        var scratch = new GatherScratch();
        int stride = width + 5, embedding = 2, linearAt = linear ? dim + 3 : -1;
        foreach (int samples in (int[])[0, 1, 7, 31, 32, 33, 64, 257])
        {
            foreach (bool plain in (bool[])[true, false])
            {
                (ulong[] keys, float[] weights, int[] offsets) = Samples(random, package.Keys, samples, plain);
                float[] expected = Noise(samples * stride), actual = Noise(samples * stride);
                GatherCounts counts = reference.Gather(keys, weights, offsets, expected, stride, embedding, dim, linearAt);
                Assert.Equal(counts, table.Gather(new RowLookup(keys, weights, offsets, plain, new VectorPlace(stride, embedding, dim, linearAt)), actual, scratch));
                Assert.Equal(expected, actual);
            }
        }
    }

    [Fact]
    public void Gather_missing_key_gets_its_row_or_the_default_and_never_the_unknown_row()
    {
        PackageTable without = SampleTable.Of([5, 6], 3, unknown: true);
        Check(without, 0, 0, without.Default);
        Check(without, 7, 0, without.Unknown!);
        PackageTable with = SampleTable.Of([0, 5], 3, unknown: true);
        Check(with, 0, 1, with.Rows[..3]);
        PackageTable neither = SampleTable.Of([5], 3, unknown: false);
        Check(neither, 7, 0, neither.Default);

        static void Check(PackageTable package, ulong key, int hot, float[] expected)
        {
            float[] row = new float[3];
            using var table = new EmbeddingTable(package);
            GatherCounts counts = table.Gather(new RowLookup([key], [], [], true, new VectorPlace(3, 0, 3, -1)), row, new GatherScratch());
            Assert.Equal((hot, 1), (counts.Hot, counts.Requested));
            Assert.Equal(expected, row);
        }
    }

    [Fact]
    public void Gather_counts_each_key_once()
    {
        using var table = new EmbeddingTable(SampleTable.Of([5, 6], 1, unknown: false));
        GatherCounts counts = table.Gather(new RowLookup([5, 5, 9, 6, 9, 0, 5, 0], [], [], true, new VectorPlace(1, 0, 1, -1)), new float[8], new GatherScratch());
        Assert.Equal(new GatherCounts(2, 0, 0, 0, 2), counts);
        Assert.Equal(4, counts.Requested);
    }

    [Fact]
    public void Gather_in_steady_state_allocates_nothing()
    {
        PackageTable package = SampleTable.Of(SampleTable.Keys("random", 2000), 17, unknown: true);
        using var table = new EmbeddingTable(package);
        var scratch = new GatherScratch();
        (ulong[] keys, float[] weights, int[] offsets) = Samples(new Random(1), package.Keys, 500, plain: false);
        float[] destination = new float[500 * 17];
        Assert.Equal(0, Allocations.Least(() => table.Gather(new RowLookup(keys, weights, offsets, false, new VectorPlace(17, 0, 16, 16)), destination, scratch)));
    }

    [Fact]
    public void Gather_by_many_threads_at_once_equals_the_reference()
    {
        PackageTable package = SampleTable.Of(SampleTable.Keys("random", 3000), 9, unknown: true);
        using var table = new EmbeddingTable(package);
        var reference = new ReferenceTable(package);
        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            var scratch = new GatherScratch();
            for (int round = 0; round < 40; round++)
            {
                (ulong[] keys, float[] weights, int[] offsets) = Samples(random, package.Keys, 65, plain: round % 2 == 0);
                float[] expected = new float[65 * 9], actual = new float[65 * 9];
                GatherCounts counts = reference.Gather(keys, weights, offsets, expected, 9, 0, 8, 8);
                bool same = counts == table.Gather(new RowLookup(keys, weights, offsets, round % 2 == 0, new VectorPlace(9, 0, 8, 8)), actual, scratch) && expected.AsSpan().SequenceEqual(actual);
                Interlocked.Add(ref wrong, same ? 0 : 1);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal(0, wrong);
    }

    [Theory]
    [InlineData(3, 0, 4, -1, 12, "asked for 4 and no first-order weight")]
    [InlineData(3, 0, 3, 2, 12, "asked for 3 and a first-order weight")]
    [InlineData(3, 0, 3, -1, 11, "do not fit 11 floats")]
    [InlineData(4, 2, 3, -1, 16, "do not fit 16 floats")]
    [InlineData(4, -1, 3, -1, 16, "do not fit 16 floats")]
    [InlineData(3, 0, 2, 3, 12, "do not fit 12 floats")]
    [InlineData(-3, 0, 3, -1, 12, "do not fit 12 floats")]
    public void Gather_out_of_the_destination_is_refused(int stride, int embedding, int dim, int linear, int floats, string reason)
    {
        using var table = new EmbeddingTable(SampleTable.Of([5], 3, unknown: false));
        string message = Assert.Throws<ArgumentException>(
            () => table.Gather(new RowLookup(new ulong[4], [], [], true, new VectorPlace(stride, embedding, dim, linear)), new float[floats], new GatherScratch())).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new int[0], 4)]
    [InlineData(new[] { 1, 4 }, 4)]
    [InlineData(new[] { 0, 3 }, 4)]
    [InlineData(new[] { 0, 5 }, 5)]
    [InlineData(new[] { 0, 3, 2, 4 }, 4)]
    [InlineData(new[] { 0, 4 }, 3)]
    public void Gather_with_offsets_that_do_not_fit_the_keys_is_refused(int[] offsets, int weights)
    {
        using var table = new EmbeddingTable(SampleTable.Of([5], 3, unknown: false));
        Assert.Throws<ArgumentException>(() => table.Gather(new RowLookup(new ulong[4], new float[weights], offsets, false, new VectorPlace(3, 0, 3, -1)), new float[64], new GatherScratch()));
    }

    private static (ulong[] Keys, float[] Weights, int[] Offsets) Samples(Random random, ulong[] known, int samples, bool plain)
    {
        var keys = new List<ulong>();
        int[] offsets = new int[samples + 1];
        for (int s = 0; s < samples; s++)
        {
            for (int n = plain ? 1 : random.Next(0, 6); n > 0; n--)
            {
                keys.Add(random.Next(10) switch
                {
                    0 => 0UL,
                    1 => (ulong)random.NextInt64(),
                    _ => known.Length == 0 ? 3UL : known[random.Next(known.Length)],
                });
            }

            offsets[s + 1] = keys.Count;
        }

        float[] weights = new float[keys.Count];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = plain ? 1f : random.NextSingle() * 2 - 1;
        return ([.. keys], weights, offsets);
    }

    private static float[] Noise(int count)
    {
        float[] values = new float[count];
        Array.Fill(values, -7f);
        return values;
    }
}
