namespace RecServe.Embeddings;

/// <summary>Hit rates of one size of cache, 0 to 1.</summary>
/// <param name="Percent">Size in percent of the keys.</param>
/// <param name="Capacity">Size in keys.</param>
/// <param name="Cached">The shipped table.</param>
/// <param name="Lru">Least recently used.</param>
/// <param name="Clock">CLOCK.</param>
/// <param name="Sieve">SIEVE.</param>
/// <param name="S3Fifo">S3-FIFO.</param>
/// <param name="TinyLfu">W-TinyLFU.</param>
/// <param name="Optimum">Belady's optimum: no cache has more.</param>
public sealed record EvictionFigures(
    double Percent, int Capacity, double Cached, double Lru, double Clock, double Sieve, double S3Fifo, double TinyLfu, double Optimum);
