namespace RecServe.Artifacts;

/// <summary>Encoded features of known entities, stored with a model so that ids alone can be ranked.</summary>
public sealed record PackageCatalog
{
    /// <summary><c>items</c> or <c>users</c>.</summary>
    public required string Entity { get; init; }

    /// <summary>UTF-8 bytes of all ids, one after another.</summary>
    public required byte[] IdBytes { get; init; }

    /// <summary>Count + 1 offsets into <see cref="IdBytes"/>.</summary>
    public required int[] IdOffsets { get; init; }

    /// <summary>The fields held.</summary>
    public required IReadOnlyList<PackageCatalogColumn> Columns { get; init; }
}
