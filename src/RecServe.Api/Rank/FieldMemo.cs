using RecServe.Features;

namespace RecServe.Api.Rank;

/// <summary>
/// Remembers which field the n-th feature of the last candidate was. Candidates nearly always name their features in the same order, and
/// comparing a name costs a tenth of looking it up. Reused between requests; not thread-safe.
/// </summary>
internal sealed class FieldMemo
{
    private TextSlice[] _names = new TextSlice[64];
    private int[] _fields = new int[64];
    private int _count;

    /// <summary>Forgets everything: another request, or another model.</summary>
    public void Clear() => _count = 0;

    /// <summary>Field of the feature that stands at <paramref name="position"/> of its object, or −1.</summary>
    public int FieldOf(int position, TextSlice name, RankRequest request, FeatureExtractor extractor)
    {
        ReadOnlySpan<byte> utf8 = request.Utf8(name);
        if (position < _count && request.Utf8(_names[position]).SequenceEqual(utf8))
            return _fields[position];
        int field = extractor.FieldOf(utf8);
        if (position > _count)
            return field;
        if (position == _names.Length)
        {
            Array.Resize(ref _names, position * 2);
            Array.Resize(ref _fields, position * 2);
        }

        _names[position] = name;
        _fields[position] = field;
        _count = Math.Max(_count, position + 1);
        return field;
    }
}
