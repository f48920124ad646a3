namespace RecServe.Stream;

/// <summary>How experiments are read from a topic.</summary>
public sealed record ExperimentConsumerOptions
{
    /// <summary>File that keeps what was last known (<see cref="LastExperiments"/>); null for none.</summary>
    public string? StateFile { get; init; }

    /// <summary>
    /// Whether the source has everything that was ever written: a topic has, and what the file knows beyond it is forgotten once the topic was read. A log in process memory has only what came
    /// since the process began. Default true.
    /// </summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>A source that answers and has brought nothing for so long was read to its end, although its last messages are missing: compaction may have removed them. default 5 s.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(5);
}
