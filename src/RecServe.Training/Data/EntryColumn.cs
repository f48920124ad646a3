using System.Runtime.InteropServices;
using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>
/// One field's encoded values while they are read: numbers of keys, 4 bytes each, with offsets and weights only from the sample on that
/// first needs them. A numeric vector field keeps its raw number as weight until mean and deviation are known.
/// </summary>
/// <param name="keys">Numbers of the field's keys; shared by all columns of the field.</param>
internal sealed class EntryColumn(KeyIndex keys)
{
    private readonly List<int> _numbers = [];
    private List<int>? _offsets;
    private List<float>? _weights;

    public KeyIndex Keys { get; } = keys;

    /// <summary>Samples held.</summary>
    public int Samples { get; private set; }

    /// <summary>Whether every sample has exactly one entry.</summary>
    public bool IsSingle => _offsets is null;

    /// <summary>Whether every weight is 1.</summary>
    public bool IsUnweighted => _weights is null;

    /// <summary>Key numbers of a sample.</summary>
    public ReadOnlySpan<int> NumbersOf(int sample) => CollectionsMarshal.AsSpan(_numbers).Slice(StartOf(sample), LengthOf(sample));

    /// <summary>Weights of a sample's entries; empty where all are 1.</summary>
    public ReadOnlySpan<float> WeightsOf(int sample) =>
        _weights is null ? [] : CollectionsMarshal.AsSpan(_weights).Slice(StartOf(sample), LengthOf(sample));

    /// <summary>Adds the closed first sample of an encoded column.</summary>
    public void Append(FeatureColumn encoded)
    {
        int entries = encoded.Offsets[1];
        for (int i = 0; i < entries; i++)
            Add(Keys.NumberOf(encoded.Keys[i]), encoded.Weights[i]);
        Close(entries);
    }

    /// <summary>Adds a sample of another column of the same field.</summary>
    public void Append(EntryColumn other, int sample)
    {
        ReadOnlySpan<int> numbers = other.NumbersOf(sample);
        ReadOnlySpan<float> weights = other.WeightsOf(sample);
        for (int i = 0; i < numbers.Length; i++)
            Add(numbers[i], weights.IsEmpty ? 1f : weights[i]);
        Close(numbers.Length);
    }

    /// <summary>Adds a sample without a value.</summary>
    public void AppendMissing()
    {
        Add(Keys.NumberOf(RowKey.Missing), 1f);
        Close(1);
    }

    private int StartOf(int sample) => _offsets is null ? sample : _offsets[sample];

    private int LengthOf(int sample) => _offsets is null ? 1 : _offsets[sample + 1] - _offsets[sample];

    private void Add(int number, float weight)
    {
        if (weight != 1f && _weights is null)
        {
            _weights = new List<float>(_numbers.Capacity);
            CollectionsMarshal.SetCount(_weights, _numbers.Count);
            CollectionsMarshal.AsSpan(_weights).Fill(1f);
        }

        _numbers.Add(number);
        _weights?.Add(weight);
    }

    private void Close(int entries)
    {
        if (entries != 1 && _offsets is null)
            _offsets = [.. Enumerable.Range(0, Samples + 1)];
        _offsets?.Add(_numbers.Count);
        Samples++;
    }
}
