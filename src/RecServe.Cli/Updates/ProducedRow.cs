namespace RecServe.Cli.Updates;

/// <summary>A row whose newest version a producer has written.</summary>
/// <param name="Lineage">Lineage of its package.</param>
/// <param name="Table">Its table.</param>
/// <param name="Key">Row key.</param>
/// <param name="Version">The version that the producer gave it.</param>
/// <param name="IsDeleted">Whether the producer deleted it.</param>
/// <param name="EventTime">When the event behind the update happened, milliseconds since 1970 UTC; 0 where the producer did not say.</param>
/// <param name="Partition">Partition of the log that the update came by.</param>
/// <param name="Offset">Offset there.</param>
internal sealed record ProducedRow(string Lineage, string Table, ulong Key, ulong Version, bool IsDeleted, long EventTime, int Partition, long Offset);
