namespace RecServe.Features;

/// <summary>Bounds of a data schema; documented in docs/formats/schema.md.</summary>
public static class SchemaLimits
{
    /// <summary>Bytes of a schema file.</summary>
    public const int Bytes = 1 << 20;

    /// <summary>Fields of a schema.</summary>
    public const int Fields = 1_000;

    /// <summary>Tasks of a schema.</summary>
    public const int Tasks = 16;

    /// <summary>Largest weight of a task.</summary>
    public const int TaskWeight = 1_000;

    /// <summary>Columns that <c>format.columns</c> may name, and that a data file may have.</summary>
    public const int Columns = 10_000;

    /// <summary>Characters of a column or field name.</summary>
    public const int NameLength = 200;

    /// <summary>Floats of an embedding vector.</summary>
    public const int Dim = 1_024;

    /// <summary>Largest <c>min_count</c>.</summary>
    public const int MinCount = 1_000_000;

    /// <summary>Largest N of <c>hash:N</c>.</summary>
    public const int HashBuckets = 10_000_000;
}
