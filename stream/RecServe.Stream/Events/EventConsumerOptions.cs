namespace RecServe.Stream;

/// <summary>How events are consumed.</summary>
public sealed record EventConsumerOptions
{
    /// <summary>What a message may be; <see cref="UpdateLimits.Rows"/> counts events.</summary>
    public UpdateLimits Limits { get; init; } = new();

    /// <summary>File of the checkpoint; null for none: the log is then read from its start at every start.</summary>
    public string? CheckpointFile { get; init; }

    /// <summary>Time between checkpoints; default 10 seconds.</summary>
    public TimeSpan BetweenCheckpoints { get; init; } = TimeSpan.FromSeconds(10);
}
