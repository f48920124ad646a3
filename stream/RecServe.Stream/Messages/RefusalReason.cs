namespace RecServe.Stream;

/// <summary>Why a message, or a row of one, was not applied. The names stand in the quarantine and in metrics: they never change.</summary>
public enum RefusalReason : byte
{
    /// <summary>It was.</summary>
    None = 0,

    /// <summary>The bytes are no message of this kind.</summary>
    Malformed = 1,

    /// <summary>The message is longer than <see cref="UpdateLimits.MessageBytes"/>.</summary>
    TooLarge = 2,

    /// <summary>The message holds no row, or more than <see cref="UpdateLimits.Rows"/>.</summary>
    RowCount = 3,

    /// <summary>A name is missing, longer than <see cref="UpdateLimits.NameBytes"/>, or holds control characters.</summary>
    BadName = 4,

    /// <summary>The event time is none: below 0, or after the year 9999.</summary>
    BadTime = 5,

    /// <summary>A row says more than one of bytes, numbers and deletion, or none of them.</summary>
    BadRow = 6,

    /// <summary>A row is given as bytes and the message's precision is missing or unknown.</summary>
    BadPrecision = 7,

    /// <summary>A row has version 0, which is the package's own.</summary>
    BadVersion = 8,

    /// <summary>No model that is served has this lineage.</summary>
    UnknownLineage = 9,

    /// <summary>The models of this lineage have no such table.</summary>
    UnknownTable = 10,

    /// <summary>A row has another number of floats or bytes than the table's rows.</summary>
    WrongLength = 11,

    /// <summary>A number of a row is NaN or infinite.</summary>
    NotFinite = 12,

    /// <summary>A number of a row is too large for the precision that the row is stored in.</summary>
    OutOfRange = 13,

    /// <summary>The row is many times longer than the row that it replaces and than the table's rows are.</summary>
    NormJump = 14,

    /// <summary>The version is far ahead of the clock: every later update of the row would be ignored.</summary>
    VersionAhead = 15,

    /// <summary>The key is updated more often than allowed.</summary>
    KeyRate = 16,

    /// <summary>The producer sends more rows than allowed.</summary>
    ProducerRate = 17,

    /// <summary>A definition of an experiment that would not be followed.</summary>
    BadDefinition = 18,

    /// <summary>A variant of an experiment names a model, a version or a field that is not served.</summary>
    UnknownModel = 19,

    /// <summary>The entity of a feature row is none that this program knows.</summary>
    UnknownEntity = 20,

    /// <summary>No served model has a field of the feature's name on the entity's side.</summary>
    UnknownFeature = 21,

    /// <summary>The field takes no value of the feature's kind.</summary>
    WrongType = 22,

    /// <summary>A list of a feature row is longer than a row may hold.</summary>
    ListTooLong = 23,

    /// <summary>A value of a feature row is no text, longer than allowed, or a number that is not finite.</summary>
    BadValue = 24,

    /// <summary>A feature row holds more features than it may, or a deletion holds any.</summary>
    FeatureCount = 25,

    /// <summary>The store of features takes no more rows.</summary>
    StoreFull = 26,

    /// <summary>Another id with the same hash has a feature row.</summary>
    IdCollision = 27,
}
