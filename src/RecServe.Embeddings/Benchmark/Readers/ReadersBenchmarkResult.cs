namespace RecServe.Embeddings;

/// <summary>Figures of one run.</summary>
/// <param name="RowsPerSecondAlone">Rows that one reader gathers while nobody writes: the median of windows of equal length.</param>
/// <param name="RowsPerSecondBesideWriter">The same beside the writer, in windows that alternate with those.</param>
/// <param name="Loss">Median over pairs of windows of 1 - beside / alone.</param>
/// <param name="UpdatesPerSecond">Updates that the writer applied in the windows in which it ran.</param>
/// <param name="RowsChecked">Rows that two readers looked at beside the writer.</param>
/// <param name="Updates">Updates applied meanwhile.</param>
/// <param name="Promotions">Rows taken in from the tier below meanwhile; 0 for a resident table.</param>
/// <param name="Torn">Rows that are not the whole of one version: none.</param>
/// <param name="Stale">Rows older than a version acknowledged before the gather began: none.</param>
public sealed record ReadersBenchmarkResult(double RowsPerSecondAlone, double RowsPerSecondBesideWriter, double Loss, double UpdatesPerSecond,
    long RowsChecked, long Updates, long Promotions, long Torn, long Stale);
