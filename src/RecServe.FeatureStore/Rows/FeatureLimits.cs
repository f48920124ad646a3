using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>Bounds of a feature row, the same in every form of the store. Documented in docs/formats/feature-rows.md.</summary>
public static class FeatureLimits
{
    /// <summary>Bytes of a row as <see cref="FeatureRow.Bytes"/> has it.</summary>
    public const int RowBytes = 16_384;

    /// <summary>UTF-8 bytes of an id, of a feature's name, of a text and of one value of a list.</summary>
    public const int TextBytes = 1_024;

    /// <summary>UTF-8 bytes of a producer's name.</summary>
    public const int ProducerBytes = 256;

    /// <summary>Features of a row, and values of a list.</summary>
    public const int Values = 1_000;

    /// <summary>Latest event time: 9999-12-31T23:59:59.999Z, in milliseconds since 1970 UTC.</summary>
    public const long LastTime = JsonScalars.LastTime;
}
