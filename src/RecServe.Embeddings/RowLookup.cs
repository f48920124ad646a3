using System.Diagnostics.CodeAnalysis;

namespace RecServe.Embeddings;

/// <summary>What a gather asks one table for: the keys of all samples, and where each sample's pooled vector goes.</summary>
/// <param name="keys">Keys of all samples, one after another.</param>
/// <param name="weights">A weight for each key; not read if <paramref name="isPlain"/>.</param>
/// <param name="offsets">Samples + 1 offsets into <paramref name="keys"/>, from 0 to its length; not read if <paramref name="isPlain"/>.</param>
/// <param name="isPlain">Whether every sample has exactly one key of weight 1.</param>
/// <param name="place">Where a sample's floats go.</param>
public readonly ref struct RowLookup(ReadOnlySpan<ulong> keys, ReadOnlySpan<float> weights, ReadOnlySpan<int> offsets, bool isPlain, VectorPlace place)
{
    /// <summary>Keys of all samples.</summary>
    public ReadOnlySpan<ulong> Keys { get; } = keys;

    /// <summary>A weight for each key, unless <see cref="IsPlain"/>.</summary>
    public ReadOnlySpan<float> Weights { get; } = weights;

    /// <summary>Where each sample's keys begin, unless <see cref="IsPlain"/>.</summary>
    public ReadOnlySpan<int> Offsets { get; } = offsets;

    /// <summary>Whether every sample has exactly one key of weight 1.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>Where a sample's floats go.</summary>
    public VectorPlace Place { get; } = place;

    /// <summary>Samples.</summary>
    public int Samples => IsPlain ? Keys.Length : Offsets.Length - 1;

    /// <summary>Checks lengths, before anything is written.</summary>
    /// <param name="table">Name for the message.</param>
    /// <param name="width">Floats of the table's rows.</param>
    /// <param name="floats">Floats of the destination.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public void Check(string table, int width, int floats)
    {
        if (!IsPlain)
            CheckOffsets(table);
        (int stride, int embedding, int dim, int linear) = Place;
        if (dim < 0 || dim + (linear >= 0 ? 1 : 0) != width)
            Refuse(table, $"has rows of {width} floats, asked for {dim} and {(linear >= 0 ? "a" : "no")} first-order weight");
        long last = (long)stride * Math.Max(0, Samples - 1);
        if (stride < 0 || embedding < 0 || (Samples > 0 && last + Math.Max((long)embedding + dim, (long)linear + 1) > floats))
            Refuse(table, $"{Samples} samples of stride {stride}, embedding at {embedding}, weight at {linear} do not fit {floats} floats");
    }

    private void CheckOffsets(string table)
    {
        bool fits = Offsets.Length > 0 && Offsets[0] == 0 && Offsets[^1] == Keys.Length && Weights.Length >= Keys.Length;
        for (int i = 1; fits && i < Offsets.Length; i++)
            fits = Offsets[i] >= Offsets[i - 1];
        if (!fits)
            Refuse(table, $"offsets must ascend from 0 to the {Keys.Length} keys, each with one of the {Weights.Length} weights");
    }

    [DoesNotReturn]
    private static void Refuse(string table, string reason) => throw new ArgumentException($"table '{table}': {reason}");
}
