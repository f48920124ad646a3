namespace RecServe.Embeddings;

/// <summary>Figures of one run, both sides measured in turn within it. Times are medians over rounds, in nanoseconds a row of one thread.</summary>
/// <param name="NsPerRow">The cached table.</param>
/// <param name="DenseNsPerRow">An array of all rows in the first precision, whose numbers are known.</param>
/// <param name="Ratio">Cached / dense.</param>
/// <param name="Scaling">Rows a second of all threads over those of one; 1 for one thread.</param>
/// <param name="Hits">Share of the keys that are here.</param>
/// <param name="FillSeconds">Time to promote the rows one by one.</param>
/// <param name="Memory">Rows and bytes of the table.</param>
public sealed record CachedBenchmarkResult(
    double NsPerRow, double DenseNsPerRow, double Ratio, double Scaling, double Hits, double FillSeconds, HotRowBytes Memory);
