using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace RecServe.FeatureStore;

/// <summary>Goes through the features of a row, whose bytes were checked when it was made.</summary>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "a ref struct is never compared")]
public ref struct FeatureEnumerator
{
    private ReadOnlySpan<byte> _left;
    private int _count;
    private StoredFeature _current;

    internal FeatureEnumerator(ReadOnlySpan<byte> values, int count)
    {
        _left = values;
        _count = count;
        _current = default;
    }

    /// <summary>The feature that was reached.</summary>
    public readonly StoredFeature Current => _current;

    /// <summary>Goes to the next feature; false after the last.</summary>
    public bool MoveNext()
    {
        if (_count == 0)
            return false;
        _count--;
        ReadOnlySpan<byte> name = Take();
        var kind = (FeatureKind)_left[0];
        _left = _left[1..];
        switch (kind)
        {
            case FeatureKind.Number:
                _current = new StoredFeature(name, kind, BinaryPrimitives.ReadDoubleLittleEndian(_left), default, 0);
                _left = _left[sizeof(double)..];
                break;
            case FeatureKind.Text:
                _current = new StoredFeature(name, kind, 0, Take(), 0);
                break;
            default:
                int count = BinaryPrimitives.ReadUInt16LittleEndian(_left);
                _left = _left[2..];
                ReadOnlySpan<byte> start = _left;
                for (int i = 0; i < count; i++)
                    Take();
                _current = new StoredFeature(name, kind, 0, start[..^_left.Length], count);
                break;
        }

        return true;
    }

    private ReadOnlySpan<byte> Take()
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_left);
        ReadOnlySpan<byte> taken = _left.Slice(2, length);
        _left = _left[(2 + length)..];
        return taken;
    }
}
