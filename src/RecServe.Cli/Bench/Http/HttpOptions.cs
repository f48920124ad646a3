namespace RecServe.Cli.Bench.Http;

/// <summary>What <c>bench http</c> asks.</summary>
internal sealed record HttpOptions
{
    /// <summary>Candidates of a request.</summary>
    public required int Candidates { get; init; }

    /// <summary>Distinct requests.</summary>
    public int Requests { get; init; } = 500;

    /// <summary>Turns of every server.</summary>
    public required int Turns { get; init; }

    /// <summary>Milliseconds of load a server and turn.</summary>
    public required int TurnMs { get; init; }

    /// <summary>Requests under way at the same time.</summary>
    public required int Connections { get; init; }

    /// <summary>Seconds at 70 % of saturation.</summary>
    public required int OpenSeconds { get; init; }

    /// <summary>Program that serves the same package: it is given the package's folder and a port. Null for none.</summary>
    public string? Peer { get; init; }

    /// <summary>How a number becomes a user's id where the package knows no users.</summary>
    public required string UserFormat { get; init; }

    /// <summary>Numbers of users.</summary>
    public required int Users { get; init; }

    /// <summary>Decides the requests.</summary>
    public ulong Seed { get; init; } = 1;
}
