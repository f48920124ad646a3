namespace RecServe.Stream;

/// <summary>Reads a <see cref="MemoryLog"/>.</summary>
internal sealed class MemorySource(MemoryLog log, string topic) : IUpdateSource
{
    private readonly Dictionary<int, long> _positions = [];
    private uint _first;

    public string Name => $"memory:{topic}";

    public string Topic => topic;

    public string? Trouble => null;

    public bool HasLooked => true;

    public bool IsEnded => false;

    public IReadOnlyList<SourcePartition> Partitions => log.Partitions;

    public void Begin(int partition, long offset) => _positions[partition] = offset;

    public void Pause(int partition) => _positions.Remove(partition);

    /// <remarks>Partitions begin in turn: one that is written faster than it is read would keep the others from being read at all.</remarks>
    public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait) => log.Read(_positions, _first++, messages, most, mostBytes, wait);

    public void Dispose()
    {
        // The log outlives its readers.
    }
}
