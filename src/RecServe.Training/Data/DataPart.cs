namespace RecServe.Training.Data;

/// <summary>Which part of the data a sample belongs to.</summary>
public enum DataPart
{
    /// <summary>Learned from.</summary>
    Train,

    /// <summary>Chooses the epoch.</summary>
    Valid,

    /// <summary>Measured once, at the end.</summary>
    Test,
}
