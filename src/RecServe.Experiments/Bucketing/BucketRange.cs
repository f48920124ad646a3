namespace RecServe.Experiments;

/// <summary>A half-open part [Start, End) of the unit interval.</summary>
/// <param name="Start">First value inside, 0 to 1.</param>
/// <param name="End">First value outside, 0 to 1.</param>
public readonly record struct BucketRange(double Start, double End)
{
    /// <summary>Whether a value lies inside.</summary>
    public bool Contains(double value) => value >= Start && value < End;
}
