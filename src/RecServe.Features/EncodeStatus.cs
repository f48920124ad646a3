namespace RecServe.Features;

/// <summary>Outcome of encoding one value.</summary>
public enum EncodeStatus
{
    /// <summary>Entries were added.</summary>
    Ok,

    /// <summary>The text is empty: nothing was added, the sample will get the missing row.</summary>
    Missing,

    /// <summary>A numeric field got text that is no finite number, or one beyond the range of a float (3.4e38) that multiplies a vector: nothing was added.</summary>
    NotANumber,
}
