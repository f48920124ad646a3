namespace RecServe.Cli.Bench;

/// <summary>What <c>bench score</c> measures.</summary>
internal sealed record ScoreBenchOptions
{
    public static readonly string[] Models = ["mlp", "deepfm", "dcnv2", "dcnv2-stacked", "dcnv2-mix", "dcnv2-stacked-mix", "mmoe", "mmoe-top-k", "ple", "moe"];

    /// <summary>
    /// One of <see cref="Models"/>: MLP of 512 and 256 units, three cross layers where the kind has them, with -mix of 4 experts of 32 units each; two tasks over 8 experts of 256 and 128 units, ple with
    /// 4 that they share and 2 of each task's own; moe a stem of 128, 8 networks of 256 units, 2 constants, a copy and a zero, the best 2 of one set for both tasks.
    /// </summary>
    public string Model { get; init; } = "dcnv2";

    /// <summary>Candidates of a request.</summary>
    public int Candidates { get; init; } = 500;

    /// <summary>Fields of the user.</summary>
    public int UserFields { get; init; } = 20;

    /// <summary>Fields of the item.</summary>
    public int ItemFields { get; init; } = 6;

    /// <summary>Floats of an embedding.</summary>
    public int Dim { get; init; } = 16;

    /// <summary>Threads that score requests of their own at the same time, on either side.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Items that candidates are drawn from, by a Zipf law.</summary>
    public int Items { get; init; } = 100_000;

    /// <summary>Exponent of the law.</summary>
    public double Skew { get; init; } = 1.05;

    /// <summary>Whether what users share and items' parts of the first layer are kept for requests to come.</summary>
    public bool Kept { get; init; }

    /// <summary>Percent of the requests whose user is one of the last <see cref="ScoreRequests.Remembered"/>.</summary>
    public int Returning { get; init; }

    /// <summary>Bytes for kept users.</summary>
    public long KeptUserBytes { get; init; } = 64 << 20;

    /// <summary>Bytes for kept items.</summary>
    public long KeptItemBytes { get; init; } = 256 << 20;

    /// <summary>Seconds to measure.</summary>
    public int Seconds { get; init; } = 10;

    /// <summary>Seconds to measure each of the single layers; 0: once.</summary>
    public int GemmSeconds { get; init; } = 15;

    /// <summary>Path of ONNX Runtime's library; null to measure without it.</summary>
    public string? Peer { get; init; }

    /// <summary>Seeds weights and requests.</summary>
    public int Seed { get; init; } = 1;
}
