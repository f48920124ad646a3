namespace RecServe.Cli.Bench.Updates;

/// <summary>Messages that were sent to each topic.</summary>
/// <param name="Rows">Of row updates.</param>
/// <param name="Features">Of feature rows.</param>
/// <param name="Experiments">Of experiments.</param>
/// <param name="Events">Of events.</param>
internal sealed record DrillSent(long Rows, long Features, long Experiments, long Events)
{
    /// <summary>Messages whose offsets lie in the store's checkpoints.</summary>
    public long Kept => Rows + Features;

    public long Hostile => HostileMessage.Count(Rows) + HostileMessage.Count(Features) + HostileMessage.Count(Experiments) + HostileMessage.Count(Events);

    public override string ToString() => $"{Rows},{Features},{Experiments},{Events}";

    /// <summary>Reads what <see cref="ToString"/> has written.</summary>
    public static DrillSent? Parse(string? text) => text?.Split(',').Select(long.Parse).ToArray() is [var rows, var features, var experiments, var events] ? new DrillSent(rows, features, experiments, events) : null;
}
