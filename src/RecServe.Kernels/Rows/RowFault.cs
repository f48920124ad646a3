namespace RecServe.Kernels;

/// <summary>Why a row could not be stored.</summary>
public enum RowFault : byte
{
    /// <summary>It was stored.</summary>
    None = 0,

    /// <summary>A number is NaN or infinite.</summary>
    NotFinite = 1,

    /// <summary>A number, or the distance between the smallest and the largest, is too large for the precision.</summary>
    OutOfRange = 2,
}
