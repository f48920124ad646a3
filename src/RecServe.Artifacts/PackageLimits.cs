namespace RecServe.Artifacts;

/// <summary>Largest sizes that a package may have; a package beyond one is refused when written and when read.</summary>
public static class PackageLimits
{
    /// <summary>Bytes of manifest.json: 16 MiB.</summary>
    public const int ManifestBytes = 16 << 20;

    /// <summary>Fields, so also tables: 1,024.</summary>
    public const int Fields = 1024;

    /// <summary>Floats of an embedding: 1,024.</summary>
    public const int Dim = 1024;

    /// <summary>Hidden layers, and cross layers: 64 each.</summary>
    public const int Layers = 64;

    /// <summary>Low-rank experts of a cross layer: 16.</summary>
    public const int CrossExperts = 16;

    /// <summary>Outputs of a hidden layer: 65,536.</summary>
    public const int LayerWidth = 65_536;

    /// <summary>Tasks: 16.</summary>
    public const int Tasks = 16;

    /// <summary>Experts of a layer: 256 shared, and as many of each task's own.</summary>
    public const int Experts = 256;

    /// <summary>Catalogs: items and users.</summary>
    public const int Catalogs = 2;

    /// <summary>Entries of <c>files</c>: 4,096.</summary>
    public const int Files = 4096;

    /// <summary>Entries of <c>metrics</c>: 1,024.</summary>
    public const int Metrics = 1024;

    /// <summary>Characters of a name (field, tensor, lineage, metric): 512.</summary>
    public const int NameLength = 512;
}
