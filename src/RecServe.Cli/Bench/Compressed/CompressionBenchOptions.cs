namespace RecServe.Cli.Bench.Compressed;

/// <summary>What <c>bench compression</c> asks of both packages.</summary>
internal sealed record CompressionBenchOptions
{
    /// <summary>Candidates of a request.</summary>
    public int Candidates { get; init; } = 500;

    /// <summary>Distinct requests.</summary>
    public int Requests { get; init; } = 200;

    /// <summary>Turns of both sides.</summary>
    public int Turns { get; init; } = 30;

    /// <summary>Milliseconds of HTTP load a side and turn; 0 leaves HTTP out.</summary>
    public int LoadMs { get; init; } = 500;

    /// <summary>Requests under way at the same time.</summary>
    public int Connections { get; init; } = 2;

    /// <summary>MiB of process memory that each server has for rows; what does not fit is read from its store on disk. 0: every row is in memory.</summary>
    public int MemoryMb { get; init; }

    /// <summary>How a number becomes a user's id where the package knows no users.</summary>
    public string UserFormat { get; init; } = "{0}";

    /// <summary>Numbers of users.</summary>
    public int Users { get; init; } = 5000;

    /// <summary>Decides the requests.</summary>
    public ulong Seed { get; init; } = 1;
}
