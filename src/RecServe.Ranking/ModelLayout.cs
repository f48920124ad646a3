using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>Where every field's floats go: the contract between the gather, which fills them in, and the scorer, which reads them.</summary>
public sealed class ModelLayout
{
    /// <summary>Makes the layout of a package's fields.</summary>
    /// <param name="fields">The package's fields, user and context side first.</param>
    /// <param name="isItem">For each field, whether it is the item's.</param>
    public ModelLayout(IReadOnlyList<PackageField> fields, IReadOnlyList<bool> isItem)
    {
        var user = new List<(int, PackageField)>();
        var item = new List<(int, PackageField)>();
        for (int i = 0; i < fields.Count; i++)
            (isItem[i] ? item : user).Add((i, fields[i]));
        User = new SideLayout(user);
        Item = new SideLayout(item);
    }

    /// <summary>User and context fields.</summary>
    public SideLayout User { get; }

    /// <summary>Item fields.</summary>
    public SideLayout Item { get; }
}
