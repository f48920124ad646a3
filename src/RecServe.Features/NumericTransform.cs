namespace RecServe.Features;

/// <summary>What a numeric field does with its number.</summary>
public enum NumericTransform
{
    /// <summary>Bucket <c>x &gt; 2 ? floor((ln x)²) : (int)x</c>, then a categorical value (FuxiCTR's Criteo preprocessing).</summary>
    LogSquaredBucket,

    /// <summary><c>(x − mean) / deviation</c> of the training data, times one learned vector.</summary>
    Standardize,

    /// <summary><c>x</c> times one learned vector.</summary>
    ValueTimesVector,
}
