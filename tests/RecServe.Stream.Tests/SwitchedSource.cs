namespace RecServe.Stream.Tests;

/// <summary>A source whose log is replaced by another one, as a topic that is deleted and made anew under the same name.</summary>
internal sealed class SwitchedSource(IUpdateSource first) : IUpdateSource
{
    private volatile IUpdateSource _inner = first;

    public string Name => _inner.Name;

    public string Topic => _inner.Topic;

    public string? Trouble => null;

    public bool HasLooked => true;

    public bool IsEnded => false;

    public IReadOnlyList<SourcePartition> Partitions => _inner.Partitions;

    public void Switch(IUpdateSource inner) => _inner = inner;

    public void Begin(int partition, long offset) => _inner.Begin(partition, offset);

    public void Pause(int partition) => _inner.Pause(partition);

    public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait) => _inner.Read(messages, most, mostBytes, wait);

    public void Dispose() => _inner.Dispose();
}
