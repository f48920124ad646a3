namespace RecServe.Stream;

/// <summary>A partition of a source, as last heard of.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Start">Offset of the oldest message that the log still has.</param>
/// <param name="End">Offset that the next message will get.</param>
public readonly record struct SourcePartition(int Id, long Start, long End);
