using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>
/// The gathered vector of one side (user and context together, or item): the embeddings of its fields one after another, then their
/// first-order weights. The first <see cref="Dense"/> floats are what dense layers read.
/// </summary>
public sealed class SideLayout
{
    internal SideLayout(IReadOnlyList<(int Index, PackageField Field)> fields)
    {
        var slots = new FieldSlot[fields.Count];
        int linear = fields.Sum(f => f.Field.Dim), embedding = 0;
        Dense = linear;
        for (int i = 0; i < slots.Length; i++)
        {
            PackageField field = fields[i].Field;
            slots[i] = new FieldSlot(fields[i].Index, field.Name, field.Dim, embedding, field.Linear ? linear++ : -1);
            embedding += field.Dim;
        }

        Slots = slots;
        Width = linear;
    }

    /// <summary>The fields.</summary>
    public IReadOnlyList<FieldSlot> Slots { get; }

    /// <summary>Floats of embeddings.</summary>
    public int Dense { get; }

    /// <summary>Floats of a gathered vector: embeddings and first-order weights.</summary>
    public int Width { get; }
}
