namespace RecServe.Stream;

/// <summary>The experiments' topic at one moment.</summary>
public sealed record ExperimentTopicSnapshot
{
    /// <summary>Topic.</summary>
    public required string Topic { get; init; }

    /// <summary>
    /// In a word: <c>live</c>; <c>reading</c> (from its start, not in force yet); <c>connecting</c> (never reached yet, nothing known from before), <c>last_known</c> (never reached yet, what the file
    /// knows is in force), <c>unreachable</c> (was reached, what was read stays in force); <c>no_topic</c>; <c>failed</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>What keeps it from being read, or its state from being saved. Null while all is well.</summary>
    public required string? Trouble { get; init; }

    /// <summary>Definitions in force.</summary>
    public required int Definitions { get; init; }

    /// <summary>Messages that were taken since the start.</summary>
    public required long Applied { get; init; }

    /// <summary>Messages that were refused since the start.</summary>
    public required long Refused { get; init; }

    /// <summary>Messages in the topic that are not applied yet, as last heard.</summary>
    public required long Lag { get; init; }

    /// <summary>Whether what is in force outlives the process without Kafka: the file has it.</summary>
    public required bool IsSaved { get; init; }
}
