using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace RecServe.FeatureStore;

/// <summary>The values of a list, for <c>foreach</c>: UTF-8 spans in the list's order.</summary>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "a ref struct is never compared")]
public ref struct FeatureTexts
{
    private ReadOnlySpan<byte> _left;
    private int _count;

    internal FeatureTexts(ReadOnlySpan<byte> bytes, int count)
    {
        _left = bytes;
        _count = count;
        Current = default;
    }

    /// <summary>The value that was reached.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>The values from the first on.</summary>
    public readonly FeatureTexts GetEnumerator() => this;

    /// <summary>Goes to the next value; false after the last.</summary>
    public bool MoveNext()
    {
        if (_count == 0)
            return false;
        _count--;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_left);
        Current = _left.Slice(2, length);
        _left = _left[(2 + length)..];
        return true;
    }
}
