namespace RecServe.Embeddings;

/// <summary>
/// Figures of one run, all sides measured in turn within it, in nanoseconds a row of one thread. Those of table, array and lines are the median over the rounds in
/// one place of memory, averaged over the places; the dictionary's, which has one place, is the median over rounds.
/// </summary>
/// <param name="NsPerRow">The resident table.</param>
/// <param name="DenseNsPerRow">An array of rows whose numbers are known, prefetched at the best distance of <paramref name="DenseDistance"/>.</param>
/// <param name="Ratio">Resident / dense.</param>
/// <param name="LineNsPerRow">The memory lines of the same rows copied to the buffer without decoding.</param>
/// <param name="DictionaryNsPerRow">Dictionary&lt;long, int&gt; from key to number, then the row.</param>
/// <param name="DictionaryRatio">Median over rounds of dictionary / resident.</param>
/// <param name="DenseDistance">Rows that the dense array is prefetched ahead.</param>
/// <param name="DenseRowBytes">Bytes from a row of the dense array to the next: the faster of packed and padded to a power of two.</param>
/// <param name="Scaling">Rows a second of all threads over those of one; 1 for one thread.</param>
/// <param name="Hits">Share of the keys that have a row; 1 unless something is lost.</param>
/// <param name="BuildSeconds">Time to build the table.</param>
/// <param name="Kernel">Instruction set in use.</param>
/// <param name="Memory">Rows and bytes of the table.</param>
/// <param name="Places">The resident table in each place.</param>
/// <param name="DensePlaces">The dense array in each place.</param>
/// <param name="Peers">FASTER and Redis; null where they were not asked for.</param>
public sealed record GatherBenchmarkResult(
    double NsPerRow, double DenseNsPerRow, double Ratio, double LineNsPerRow, double DictionaryNsPerRow, double DictionaryRatio,
    int DenseDistance, int DenseRowBytes, double Scaling, double Hits, double BuildSeconds, string Kernel, ResidentBytes Memory,
    IReadOnlyList<double> Places, IReadOnlyList<double> DensePlaces, GatherPeerFigures? Peers);
