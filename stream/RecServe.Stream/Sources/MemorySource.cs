namespace RecServe.Stream;

/// <summary>Reads a <see cref="MemoryLog"/>.</summary>
internal sealed class MemorySource(MemoryLog log, string topic) : IUpdateSource
{
    private readonly Dictionary<int, long> _positions = [];

    public string Name => $"memory:{topic}";

    public string Topic => topic;

    public string? Trouble => null;

    public bool HasLooked => true;

    public bool IsEnded => false;

    public IReadOnlyList<SourcePartition> Partitions => log.Partitions;

    public void Begin(int partition, long offset) => _positions[partition] = offset;

    public void Pause(int partition) => _positions.Remove(partition);

    public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait) => log.Read(_positions, messages, most, mostBytes, wait);

    public void Dispose()
    {
        // The log outlives its readers.
    }
}
