namespace RecServe.Stream.Tests.Events;

/// <summary>A topic that is deleted and made anew under the same name while it is read.</summary>
internal sealed class ReplacedSource(IUpdateSource before, IUpdateSource after) : IUpdateSource
{
    private volatile bool _isReplaced;

    private IUpdateSource Now => _isReplaced ? after : before;

    public string Name => Now.Name;

    public string Topic => Now.Topic;

    public string? Trouble => null;

    public bool HasLooked => true;

    public bool IsEnded => false;

    public IReadOnlyList<SourcePartition> Partitions => Now.Partitions;

    public void Replace() => _isReplaced = true;

    public void Begin(int partition, long offset) => Now.Begin(partition, offset);

    public void Pause(int partition) => Now.Pause(partition);

    public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait) => Now.Read(messages, most, mostBytes, wait);

    public void Dispose()
    {
        before.Dispose();
        after.Dispose();
    }
}
