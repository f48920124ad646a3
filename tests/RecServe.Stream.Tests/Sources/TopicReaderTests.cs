namespace RecServe.Stream.Tests.Sources;

/// <summary>A topic read once from its start to where it ended when reading began, and what keeps it from being read.</summary>
public sealed class TopicReaderTests
{
    private const string Topic = "recserve.events";
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    [Fact]
    public async Task What_the_topic_has_when_reading_begins_is_read_once_and_in_order()
    {
        var log = new MemoryLog(partitions: 3);
        for (int i = 0; i < 100; i++)
            await log.AppendAsync(0, default, new byte[100_000], i);
        await log.AppendAsync(2, default, new byte[10], 0);
        log.DropBelow(0, 7);
        using IUpdateSource source = log.Reader(Topic);
        var read = new List<UpdateMessage>();
        foreach (UpdateMessage message in new TopicReader(source, Patience).Read(CancellationToken.None))
        {
            // What comes meanwhile is in a batch with the last of what was there.
            if (read.Count == 0)
                await log.AppendAsync(0, default, new byte[10], 100);
            read.Add(message);
        }

        Assert.Equal(Enumerable.Range(7, 93).Select(offset => (long)offset), read.Where(message => message.Partition == 0).Select(message => message.Offset));
        Assert.Equal(2, Assert.Single(read, message => message.Partition != 0).Partition);
    }

    [Fact]
    public void An_empty_topic_gives_nothing()
    {
        using IUpdateSource source = new MemoryLog(partitions: 2).Reader(Topic);
        Assert.Empty(new TopicReader(source, Patience).Read(CancellationToken.None));
    }

    [Fact]
    public void Offsets_that_nobody_delivers_end_it_when_patience_does()
    {
        using var source = new HollowSource();
        Assert.Equal([5, 6], new TopicReader(source, TimeSpan.FromMilliseconds(1)).Read(CancellationToken.None).Select(message => message.Offset));
    }

    [Fact]
    public void A_broker_that_goes_while_it_reads_is_told_and_what_is_left_is_not_taken_for_the_end()
    {
        using var source = new HollowSource();
        var failure = Assert.Throws<IOException>(() =>
        {
            foreach (UpdateMessage message in new TopicReader(source, TimeSpan.FromMilliseconds(1)).Read(CancellationToken.None))
                source.Trouble = "broker 1 does not answer";
        });
        Assert.Equal("broker 1 does not answer", failure.Message);
    }

    [Fact]
    public void A_topic_that_is_not_there_is_told_without_waiting()
    {
        using var source = new HollowSource { IsAbsent = true, Trouble = "no topic x" };
        Assert.Equal("no topic x", Assert.Throws<IOException>(() => new TopicReader(source, Patience).Read(CancellationToken.None).Count()).Message);
    }

    [Fact]
    public void Waiting_for_a_broker_can_be_ended()
    {
        using var source = new HollowSource { Trouble = "no broker" };
        using var stop = new CancellationTokenSource();
        source.Asked = stop.Cancel;
        Assert.Throws<OperationCanceledException>(() => new TopicReader(source, Patience).Read(stop.Token).Count());
    }

    [KafkaFact]
    public void A_broker_that_never_answers_is_told_by_its_address()
    {
        using var source = new KafkaSource(new KafkaOptions { Servers = "127.0.0.1:1" }, Topic);
        Assert.Contains("127.0.0.1:1", Assert.Throws<IOException>(() => new TopicReader(source, TimeSpan.Zero).Read(CancellationToken.None).Count()).Message, StringComparison.Ordinal);
    }

    /// <summary>Says that it has offsets 5 to 9 and has 5 and 6 alone.</summary>
    private sealed class HollowSource : IUpdateSource
    {
        private bool _isRead;

        public Action? Asked { get; set; }

        public string Name => "hollow";

        public string Topic => "x";

        public string? Trouble { get; set; }

        public bool HasLooked
        {
            get
            {
                Asked?.Invoke();
                return true;
            }
        }

        public bool IsEnded => false;

        public bool IsAbsent { get; init; }

        public IReadOnlyList<SourcePartition> Partitions => [new(0, 5, 10)];

        public void Begin(int partition, long offset) => Assert.Equal((0, 5), (partition, offset));

        public void Pause(int partition) => throw new InvalidOperationException();

        public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait)
        {
            if (!_isRead)
                messages.AddRange([new UpdateMessage(0, 5, 0, default, default), new UpdateMessage(0, 6, 0, default, default)]);
            _isRead = true;
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
