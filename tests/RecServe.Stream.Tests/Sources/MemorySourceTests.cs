namespace RecServe.Stream.Tests.Sources;

public sealed class MemorySourceTests
{
    [Fact]
    public async Task A_partition_that_is_written_faster_than_it_is_read_does_not_keep_the_others_waiting()
    {
        var log = new MemoryLog(partitions: 3);
        for (int i = 0; i < 1_000; i++)
            await log.AppendAsync(0, default, new byte[10], 0);
        await log.AppendAsync(1, default, new byte[10], 0);
        await log.AppendAsync(2, default, new byte[10], 0);
        using IUpdateSource source = log.Reader("recserve.rows");
        for (int partition = 0; partition < 3; partition++)
            source.Begin(partition, 0);

        var messages = new List<UpdateMessage>();
        for (int read = 0; read < 3; read++)
            source.Read(messages, 100 * (read + 1), 1 << 20, TimeSpan.Zero);

        Assert.Equal((298, 1, 1), (messages.Count(message => message.Partition == 0), messages.Count(message => message.Partition == 1), messages.Count(message => message.Partition == 2)));
    }
}
