namespace RecServe.FeatureStore;

/// <summary>What can be wrong with a feature row.</summary>
public enum FeatureFaultReason : byte
{
    /// <summary>The bytes are no row of a layout that this program reads.</summary>
    Malformed = 1,

    /// <summary>The row has more than <see cref="FeatureLimits.RowBytes"/> bytes.</summary>
    TooLarge,

    /// <summary>The entity is missing or none of user, item and context.</summary>
    BadEntity,

    /// <summary>The id is empty, too long or no text.</summary>
    BadId,

    /// <summary>A feature's or the producer's name is empty, too long, no text or holds control characters; or a feature stands twice.</summary>
    BadName,

    /// <summary>A value is no text, longer than allowed, or a number that is not finite.</summary>
    BadValue,

    /// <summary>The row holds more than <see cref="FeatureLimits.Values"/> features, or a deletion holds any.</summary>
    ValueCount,

    /// <summary>A list holds more than <see cref="FeatureLimits.Values"/> values.</summary>
    ListTooLong,

    /// <summary>The version is 0.</summary>
    BadVersion,

    /// <summary>The event time is below 0 or after <see cref="FeatureLimits.LastTime"/>.</summary>
    BadTime,

    /// <summary>No served model has a field of this name on the entity's side.</summary>
    UnknownFeature,

    /// <summary>The field takes no value of this kind.</summary>
    WrongType,
}
