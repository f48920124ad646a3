namespace RecServe.Training.Data;

/// <summary>By what samples are ordered before a split cuts them.</summary>
public enum DataSplitKind
{
    /// <summary>Each user's samples by time, ties in file order.</summary>
    PerUserTime,

    /// <summary>All samples by time, ties in file order.</summary>
    Time,

    /// <summary>All samples in a seeded random order.</summary>
    Random,
}
