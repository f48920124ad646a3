namespace RecServe.Features;

/// <summary>
/// Turns the text of one field's value into row keys and weights. The one place where that is decided: training, evaluation, packages
/// and requests all call it. Immutable and thread-safe.
/// </summary>
/// <param name="field">The field.</param>
/// <param name="mean">Mean of the training data; used by <see cref="NumericTransform.Standardize"/> only.</param>
/// <param name="deviation">Standard deviation of the training data, above 0; used by <see cref="NumericTransform.Standardize"/> only.</param>
public sealed partial class FieldEncoder(FieldSchema field, float mean = 0, float deviation = 1)
{
    /// <summary>The field.</summary>
    public FieldSchema Field { get; } = field;

    /// <summary>Mean of the training data (standardize).</summary>
    public float Mean { get; } = mean;

    /// <summary>Standard deviation of the training data (standardize).</summary>
    public float Deviation { get; } = deviation;
}
