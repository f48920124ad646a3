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
}
