namespace RecServe.Stream;

/// <summary>How far the events of one partition are counted.</summary>
/// <param name="Partition">Number.</param>
/// <param name="Applied">Offset of the last message that was applied; −1 before the first.</param>
/// <param name="Lag">Messages that the log has beyond it.</param>
public readonly record struct EventPartition(int Partition, long Applied, long Lag);
