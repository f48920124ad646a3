using System.Buffers;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// A table whose rows stand in several precisions, every row in process memory: one <see cref="ResidentTable"/> a precision. A look-up asks the most precise
/// first, since compression gives precision to the rows that are asked for most.
/// </summary>
/// <remarks>
/// One part a precision, not rows of every size in one arena: a row's size is then known before its line is read, decoding takes no branch a row, and a hit in the
/// first part costs the one memory line that it costs in a table of one precision.
/// </remarks>
public sealed partial class MixedTable : IHotRows
{
    // Keys that are looked up in the next part together: enough to hide each other's memory accesses, few enough for the rows to stay in cache.
    private const int Chunk = 1024;

    private readonly ResidentTable[] _parts;
    private readonly Lock _writer = new();
    private readonly ResidentTable _home;

    /// <summary>Joins tables.</summary>
    /// <param name="parts">At least one, of equal row lengths and different precisions, the most precise first; no key stands in two. They are disposed of with this.</param>
    /// <exception cref="ArgumentException">The parts do not fit together.</exception>
    public MixedTable(IReadOnlyList<ResidentTable> parts)
    {
        if (parts.Count == 0 || parts.Any(part => part.Dim != parts[0].Dim) || parts.Select(part => part.Precision).Distinct().Count() != parts.Count)
            throw new ArgumentException("needs tables of one row length, each of another precision", nameof(parts));
        _parts = [.. parts];
        _home = _parts.MaxBy(part => part.Measure().Rows)!;
    }

    /// <inheritdoc/>
    public int Width => _parts[0].Dim;

    /// <inheritdoc/>
    public bool IsComplete => true;

    /// <inheritdoc/>
    public int Gather(ReadOnlySpan<ulong> keys, Span<float> values, Span<bool> found = default)
    {
        bool[]? rented = found.IsEmpty && !keys.IsEmpty ? ArrayPool<bool>.Shared.Rent(keys.Length) : null;
        Span<bool> here = rented is null ? found : rented.AsSpan(0, keys.Length);
        int hits = _parts[0].Gather(keys, values, here);
        for (int start = 0; hits < keys.Length && start < keys.Length; start += Chunk)
        {
            int count = Math.Min(Chunk, keys.Length - start);
            hits += GatherRest(keys.Slice(start, count), values.Slice(start * Width, count * Width), here.Slice(start, count));
        }

        if (rented is not null)
            ArrayPool<bool>.Shared.Return(rented);
        return hits;
    }

    /// <inheritdoc/>
    public void BeginLoad()
    {
        foreach (ResidentTable part in _parts)
            part.BeginLoad();
    }

    /// <inheritdoc/>
    public void EndLoad()
    {
        foreach (ResidentTable part in _parts)
            part.EndLoad();
    }

    /// <inheritdoc/>
    public RowPrecision? PrecisionOf(ulong key) => PartOf(key)?.Precision;

    /// <inheritdoc/>
    public long Stamp(ulong key) => 0;

    /// <inheritdoc/>
    public HotRowBytes Measure()
    {
        HotRowBytes[] parts = [.. _parts.Select(part => ((IHotRows)part).Measure())];
        return new HotRowBytes([.. parts.SelectMany(part => part.Precisions)], parts.Sum(part => part.Total));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ResidentTable part in _parts)
            part.Dispose();
    }

    /// <summary>Looks for what the first part lacks in the others; gives the number found.</summary>
    private int GatherRest(ReadOnlySpan<ulong> keys, Span<float> values, Span<bool> found)
    {
        Span<ulong> wanted = stackalloc ulong[Chunk];
        Span<int> places = stackalloc int[Chunk];
        Span<bool> answered = stackalloc bool[Chunk];
        int count = 0, hits = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            wanted[count] = keys[i];
            places[count] = i;
            count += found[i] ? 0 : 1;
        }

        float[] rows = ArrayPool<float>.Shared.Rent(count * Width);
        for (int p = 1; p < _parts.Length && count > 0; p++)
        {
            _parts[p].Gather(wanted[..count], rows.AsSpan(0, count * Width), answered[..count]);
            int left = 0;
            for (int j = 0; j < count; j++)
            {
                if (answered[j])
                {
                    rows.AsSpan(j * Width, Width).CopyTo(values.Slice(places[j] * Width, Width));
                    found[places[j]] = true;
                    hits++;
                    continue;
                }

                (wanted[left], places[left]) = (wanted[j], places[j]);
                left++;
            }

            count = left;
        }

        ArrayPool<float>.Shared.Return(rows);
        return hits;
    }

    private ResidentTable? PartOf(ulong key)
    {
        foreach (ResidentTable part in _parts)
        {
            if (part.PrecisionOf(key) is not null)
                return part;
        }

        return null;
    }
}
