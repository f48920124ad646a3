using RecServe.Cli.Bench.Updates;
using RecServe.Stream;

namespace RecServe.Cli.Tests;

public sealed class UpdateProducerTests
{
    [KafkaFact]
    public async Task The_message_that_was_under_way_when_it_was_stopped_is_counted()
    {
        using var broker = new LoopbackBroker();
        broker.Create(CorridorDrill.RowsTopic, 1);
        using ManualResetEventSlim made = new(), goOn = new();
        using var producer = new UpdateProducer(broker.Servers, 1, 0, number =>
        {
            if (number == 2)
            {
                made.Set();
                goOn.Wait();
            }

            return [(byte)number];
        }, () => false);
        made.Wait();

        Task<long> finishing = Task.Run(producer.Finish);
        await Task.Delay(100);
        goOn.Set();

        long sent = await finishing;
        using var source = new KafkaSource(new KafkaOptions { Servers = broker.Servers });
        Assert.True(SpinWait.SpinUntil(() => source.Partitions.Count == 1, TimeSpan.FromSeconds(30)), source.Trouble);
        Assert.Equal((sent, true), (source.Partitions[0].End, sent >= 3));
    }
}
