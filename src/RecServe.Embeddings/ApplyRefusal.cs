namespace RecServe.Embeddings;

/// <summary>Why a delta was not applied.</summary>
public enum ApplyRefusal : byte
{
    /// <summary>It was.</summary>
    None = 0,

    /// <summary>The row has another number of floats or bytes than the table's rows.</summary>
    WrongLength = 1,

    /// <summary>A number is NaN or infinite.</summary>
    NotFinite = 2,

    /// <summary>A number is too large for the table's precision.</summary>
    OutOfRange = 3,
}
