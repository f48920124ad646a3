namespace RecServe.Bench;

/// <summary>Size of a <see cref="SyntheticPackage"/>. The defaults are the shape that the published tables are about.</summary>
internal sealed record SyntheticOptions
{
    /// <summary>lr, fm, mlp, deepfm, dcnv2 or dcnv2-stacked.</summary>
    public string Model { get; init; } = "dcnv2";

    /// <summary>User-side fields, the user's id among them; at least 1.</summary>
    public int UserFields { get; init; } = 20;

    /// <summary>Item-side fields, the item's id among them; at least 1.</summary>
    public int ItemFields { get; init; } = 6;

    /// <summary>Floats of an embedding.</summary>
    public int Dim { get; init; } = 16;

    /// <summary>Known items, named i0, i1, …</summary>
    public int Items { get; init; } = 100_000;

    /// <summary>Known users, named u0, u1, …</summary>
    public int Users { get; init; } = 10_000;

    /// <summary>Seeds weights and feature values.</summary>
    public int Seed { get; init; } = 1;
}
