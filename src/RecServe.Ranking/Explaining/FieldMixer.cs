using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>One row with some fields at their mean and the others at a sample's value.</summary>
internal sealed class FieldMixer
{
    private readonly FieldSlot[] _slots;
    private readonly int[] _start;
    private readonly float[] _means;

    public FieldMixer(ModelLayout layout, IReadOnlyList<PackageTable> tables)
    {
        UserWidth = layout.User.Width;
        _slots = new FieldSlot[layout.User.Slots.Count + layout.Item.Slots.Count];
        _start = new int[_slots.Length];
        _means = new float[UserWidth + layout.Item.Width];
        if (tables.Count != _slots.Length)
            throw new ArgumentException($"expected {_slots.Length} tables, one a field; got {tables.Count}", nameof(tables));
        foreach (FieldSlot slot in layout.User.Slots)
            Place(slot, 0, tables);
        foreach (FieldSlot slot in layout.Item.Slots)
            Place(slot, UserWidth, tables);
    }

    public int Fields => _slots.Length;

    /// <summary>Floats of the user's part of a row; the item's follows.</summary>
    public int UserWidth { get; }

    /// <summary>The row with every field at its mean: user, then item.</summary>
    public ReadOnlySpan<float> Means => _means;

    /// <summary>Copies one field of a row into another row.</summary>
    public void Copy(int field, ReadOnlySpan<float> source, Span<float> target)
    {
        Embedding(field, source).CopyTo(target[(_start[field] + _slots[field].EmbeddingOffset)..]);
        if (_slots[field].LinearOffset >= 0)
            target[_start[field] + _slots[field].LinearOffset] = Linear(field, source);
    }

    /// <summary>A field's embedding in a row.</summary>
    public ReadOnlySpan<float> Embedding(int field, ReadOnlySpan<float> row) =>
        row.Slice(_start[field] + _slots[field].EmbeddingOffset, _slots[field].Dim);

    /// <summary>A field's first-order weight in a row; 0 where it has none.</summary>
    public float Linear(int field, ReadOnlySpan<float> row) =>
        _slots[field].LinearOffset < 0 ? 0 : row[_start[field] + _slots[field].LinearOffset];

    private void Place(FieldSlot slot, int start, IReadOnlyList<PackageTable> tables)
    {
        float[] mean = tables[slot.Field].Mean;
        int width = slot.Dim + (slot.LinearOffset < 0 ? 0 : 1);
        if (mean.Length != width)
            throw new PackageException($"table '{slot.Name}': mean has {mean.Length} floats, expected {width}");
        _slots[slot.Field] = slot;
        _start[slot.Field] = start;
        mean.AsSpan(0, slot.Dim).CopyTo(_means.AsSpan(start + slot.EmbeddingOffset));
        if (slot.LinearOffset >= 0)
            _means[start + slot.LinearOffset] = mean[^1];
    }
}
