using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

/// <summary>Keys and rows whose content follows from key and version, so that any row can be checked without a copy of the table.</summary>
internal static class TestRows
{
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public static ulong[] Keys(int count, ulong seed = 1)
    {
        var keys = new ulong[count];
        for (int i = 0; i < count; i++)
            keys[i] = Mix(seed * 0x9E3779B97F4A7C15 + (ulong)i * 0xD1342543DE82EF95);
        return keys;
    }

    /// <summary>Numbers in -1…1; every one differs between keys and between versions.</summary>
    public static float[] Values(ulong key, ulong version, int dim)
    {
        var values = new float[dim];
        for (int i = 0; i < dim; i++)
            values[i] = (int)(Mix(key + version * 0x9E3779B97F4A7C15 + (ulong)i * 7919) >> 40) / (float)(1 << 23) - 1;
        return values;
    }

    public static byte[] Encode(RowPrecision precision, ReadOnlySpan<ulong> keys, int dim, ulong version = 0)
    {
        int rowBytes = RowCodec.RowBytes(precision, dim);
        var rows = new byte[keys.Length * rowBytes];
        for (int i = 0; i < keys.Length; i++)
            Assert.True(RowCodec.Encode(precision, Values(keys[i], version, dim), rows.AsSpan(i * rowBytes, rowBytes)).Ok);
        return rows;
    }

    /// <summary>What a row of this precision decodes to.</summary>
    public static float[] Decoded(RowPrecision precision, ulong key, ulong version, int dim)
    {
        var decoded = new float[dim];
        RowCodec.Decode(precision, Encode(precision, [key], dim, version), decoded);
        return decoded;
    }

    public static ResidentTable Table(RowPrecision precision, int dim, ReadOnlySpan<ulong> keys, ulong seed = 0) =>
        new(new ResidentTableOptions { Precision = precision, Dim = dim, Default = Constant(dim, -7), Missing = Constant(dim, -9), Seed = seed },
            keys, Encode(precision, keys, dim));

    public static float[] Constant(int dim, float value) => [.. Enumerable.Repeat(value, dim)];

    public static float[] Gather(ResidentTable table, params ulong[] keys)
    {
        var values = new float[keys.Length * table.Dim];
        table.Gather(keys, values);
        return values;
    }
}
