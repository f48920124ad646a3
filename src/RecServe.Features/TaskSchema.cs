namespace RecServe.Features;

/// <summary>One of the labels of a model that learns several (<c>tasks[]</c> of the schema).</summary>
public sealed record TaskSchema
{
    /// <summary>Name: what scores and figures of this task are called.</summary>
    public required string Name { get; init; }

    /// <summary>Column of the label. An empty cell says that the label is not known; the first task's must always be.</summary>
    public required string Column { get; init; }

    /// <summary>A label at or above this is positive; null for a column of 0 and 1.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Factor of the task's loss, above 0 to 1,000.</summary>
    public double LossWeight { get; init; } = 1;

    /// <summary>Share of the task's probability in what candidates are ranked by, Σ weight · p / Σ weight; 0 to 1,000.</summary>
    public double RankWeight { get; init; } = 1;
}
