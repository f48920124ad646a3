using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Training.Networks;

namespace RecServe.Compression;

/// <summary>Makes a package smaller: the entry point of this project.</summary>
public static class Compressor
{
    /// <summary>Budgets at which methods are compared, as shares of the source's rows.</summary>
    public static IReadOnlyList<double> Budgets { get; } = [0.5, 0.3, 0.2, 0.15, 0.1];

    /// <summary>Compresses a package; the source is not changed and nothing is written.</summary>
    /// <param name="source">The package; its rows must be fp32.</param>
    /// <param name="data">Samples encoded for it.</param>
    /// <param name="options">What shall be reached.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    /// <param name="cancellation">Ends the work with an exception.</param>
    /// <exception cref="CompressionException">The source is compressed already, the samples cannot judge it, or what was asked cannot be reached; the message says why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static CompressionResult Compress(ModelPackage source, CompressionData data, CompressionOptions options,
        IProgress<CompressionProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (options.Budget is null && options.MaxAucDrop is null)
            throw new ArgumentException("give a budget, a largest drop of the AUC, or both", nameof(options));
        if (PackageNetwork.Obstacle(source) is { } obstacle)
            throw new CompressionException(obstacle);
        if (source.Tables.Any(table => table.Quantized.Count > 0))
            throw new CompressionException("the package is compressed already; compress the package that it was made from");
        foreach ((string name, Training.Data.Dataset part) in (ReadOnlySpan<(string, Training.Data.Dataset)>)[("tuning", data.Tune), ("holdout", data.Holdout)])
        {
            if (part.Labels.Distinct().Count() < 2)
                throw new CompressionException($"all {part.Samples:N0} {name} samples have one label: their AUC is not defined");
        }

        using var team = new ThreadTeam(options.Threads);
        try
        {
            return new CompressionRun(source, data, options, team, progress, cancellation).Execute();
        }
        catch (AggregateException failure) when (failure.InnerException is CompressionException refusal)
        {
            throw new CompressionException(refusal.Message);
        }
    }
}
