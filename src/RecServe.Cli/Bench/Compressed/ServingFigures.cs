namespace RecServe.Cli.Bench.Compressed;

/// <summary>What serving a package costs before and after compression, measured in turn.</summary>
/// <param name="GatherUs">Microseconds a request of gathering its rows, one thread.</param>
/// <param name="ScoreUs">Microseconds a request of scoring, one thread.</param>
/// <param name="HttpPerSecond">Answers a second over HTTP; empty where it was left out.</param>
/// <param name="HttpCpuMs">CPU milliseconds of the server an answer: little touched by what else the machine does.</param>
/// <param name="MemoryBefore">Bytes of the source's tables in memory, keys and look-up included.</param>
/// <param name="MemoryAfter">Bytes of the compressed ones.</param>
/// <param name="MemoryMb">MiB that each server had for rows over HTTP; 0 for every row.</param>
internal sealed record ServingFigures(PairedFigures GatherUs, PairedFigures ScoreUs, PairedFigures HttpPerSecond, PairedFigures HttpCpuMs, long MemoryBefore, long MemoryAfter,
    int MemoryMb);
