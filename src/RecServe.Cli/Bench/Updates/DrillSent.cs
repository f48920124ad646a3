namespace RecServe.Cli.Bench.Updates;

/// <summary>Messages that were sent to each topic.</summary>
/// <param name="Rows">Of row updates.</param>
/// <param name="Features">Of feature rows.</param>
/// <param name="Experiments">Of experiments.</param>
internal sealed record DrillSent(long Rows, long Features, long Experiments)
{
    /// <summary>Messages whose offsets lie in checkpoints.</summary>
    public long Kept => Rows + Features;

    public long Hostile => HostileMessage.Count(Rows) + HostileMessage.Count(Features) + HostileMessage.Count(Experiments);

    public override string ToString() => $"{Rows},{Features},{Experiments}";

    /// <summary>Reads what <see cref="ToString"/> has written.</summary>
    public static DrillSent? Parse(string? text) => text?.Split(',').Select(long.Parse).ToArray() is [var rows, var features, var experiments] ? new DrillSent(rows, features, experiments) : null;
}
