namespace RecServe.Cli.Bench.Updates;

/// <summary>Outcome of trials of <c>read_after</c>.</summary>
internal sealed record ReadAfterResult
{
    /// <summary>Rankings that asked for an update and were given.</summary>
    public required long Trials { get; init; }

    /// <summary>Those of them that were from before the update that they asked for.</summary>
    public required long Early { get; init; }

    /// <summary>Requests that were answered by 409 <c>not_fresh</c>, and asked again.</summary>
    public required long NotFresh { get; init; }

    /// <summary>Requests that were under way when the server was killed, and asked again.</summary>
    public required long Lost { get; init; }

    /// <summary>Updates that were acknowledged meanwhile.</summary>
    public required long Updates { get; init; }

    /// <summary>Trials whose update was not visible when it was acknowledged.</summary>
    public required long Waited { get; init; }

    /// <summary>Kills of the server.</summary>
    public required int Kills { get; init; }

    public required double Seconds { get; init; }

    public bool Passed => Early == 0;
}
