namespace RecServe.Ranking.Tests;

/// <summary>One user and its candidates as field vectors, and as the gathered floats that a layout asks for.</summary>
internal sealed class SampleRows
{
    private readonly float[][] _user;
    private readonly float[][][] _items;

    public SampleRows(SampleModel model, ModelLayout layout, int count)
    {
        float[] Field(FieldSlot slot) => model.Floats(slot.Dim + (slot.LinearOffset < 0 ? 0 : 1));
        _user = [.. layout.User.Slots.Select(Field)];
        _items = [.. Enumerable.Range(0, count).Select(_ => layout.Item.Slots.Select(Field).ToArray())];
        User = Gathered(layout.User, [_user]);
        Items = Gathered(layout.Item, _items);
        Users = Gathered(layout.User, [.. Enumerable.Repeat(_user, count)]);
    }

    public float[] User { get; }

    public float[] Items { get; }

    /// <summary>The user once per candidate.</summary>
    public float[] Users { get; }

    /// <summary>All fields of candidate <paramref name="r"/>, in package order.</summary>
    public double[][] Fields(int r) => [.. _user.Concat(_items[r]).Select(vector => vector.Select(value => (double)value).ToArray())];

    // Embeddings one after another, then the first-order weights.
    private static float[] Gathered(SideLayout side, float[][][] rows) =>
        [.. rows.SelectMany(fields => fields.SelectMany((vector, i) => vector[..side.Slots[i].Dim])
            .Concat(fields.SelectMany((vector, i) => vector[side.Slots[i].Dim..])))];
}
