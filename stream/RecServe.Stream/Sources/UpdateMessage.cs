namespace RecServe.Stream;

/// <summary>A message as a source has it.</summary>
/// <param name="Partition">Partition of the source's topic.</param>
/// <param name="Offset">Place in the partition; grows by one or more from message to message.</param>
/// <param name="Timestamp">When it was sent, milliseconds since 1970 UTC, as the source's log has it; 0 where it has none.</param>
/// <param name="Key">Key as received.</param>
/// <param name="Value">Value as received.</param>
public readonly record struct UpdateMessage(int Partition, long Offset, long Timestamp, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value);
