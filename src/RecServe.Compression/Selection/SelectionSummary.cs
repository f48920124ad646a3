namespace RecServe.Compression.Selection;

/// <summary>One method at one number of fields, over several trainings.</summary>
/// <param name="Method">The method.</param>
/// <param name="Kept">Fields kept.</param>
/// <param name="Folded">Mean AUC with nothing trained after folding.</param>
/// <param name="Finetuned">Mean AUC after training.</param>
/// <param name="Deviation">Standard deviation of the latter over the trainings; 0 for one.</param>
public sealed record SelectionSummary(SelectionMethod Method, int Kept, double Folded, double Finetuned, double Deviation)
{
    /// <summary>Means over runs that measured the same points.</summary>
    public static IReadOnlyList<SelectionSummary> Of(IReadOnlyList<SelectionResult> runs) =>
    [
        .. runs.SelectMany(run => run.Points).GroupBy(point => (point.Method, point.Kept)).OrderBy(group => group.Key.Method).ThenBy(group => group.Key.Kept)
            .Select(group => new SelectionSummary(group.Key.Method, group.Key.Kept, group.Average(point => point.Folded), group.Average(point => point.Finetuned),
                DeviationOf([.. group.Select(point => point.Finetuned)]))),
    ];

    /// <summary>Sample standard deviation; 0 for fewer than two values.</summary>
    public static double DeviationOf(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        return values.Count < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }
}
