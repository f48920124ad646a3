namespace RecServe.Training.Networks;

/// <summary>
/// The threshold of top-p while a model is trained. A fixed one leaves the number of experts to the routers, whose probabilities training moves; with a target it
/// follows them instead, p ← p + gain · (target − average) after every step, as an integral controller does (DTop-p, arXiv 2512.13996, has a proportional part too).
/// </summary>
/// <param name="start">The threshold at first.</param>
/// <param name="target">Networks that a row of a layer shall take on average; 0 for a threshold that stays.</param>
internal sealed class RoutingThreshold(float start, double target)
{
    /// <summary>Range of a threshold that follows; a package takes none that is 0.</summary>
    public const float Least = 0.001f, Most = 1;

    // A hundredth of p for each expert that is missing: some tens of steps from one end to the other, so that a batch's chance moves it little.
    private const double Gain = 0.01;

    /// <summary>The threshold.</summary>
    public float Value { get; set; } = start;

    /// <summary>Networks that a row of a layer shall take on average; 0 where the threshold stays.</summary>
    public double Target => target;

    /// <summary>Moves the threshold after a step; only where there is a target.</summary>
    /// <param name="average">Networks that a row of a layer took on average.</param>
    public void Follow(double average) => Value = (float)Math.Clamp(Value + (Gain * (target - average)), Least, Most);
}
