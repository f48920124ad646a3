using System.Diagnostics;
using RecServe.Stream.Tests.Corridor;

namespace RecServe.Stream.Tests.Experiments;

/// <summary>The experiments' topic on real brokers, written by us and by kcat, a client that is not ours.</summary>
public sealed class KafkaExperimentTests : IDisposable
{
    private readonly TestTarget _target = new();
    private readonly MemoryQuarantine _quarantine = new();

    public void Dispose() => _quarantine.Dispose();

    [KcatFact]
    public async Task Definitions_by_kcat_are_followed_and_ours_are_read_by_it()
    {
        using var brokers = new BrokerProcess(1, 1);
        using var publisher = new KafkaPublisher(brokers.Options, "recserve.experiments");
        Assert.Equal((0, 0L), await publisher.PublishAsync("ours"u8.ToArray(), """{"variations":["one","one"]}"""u8.ToArray()));
        Kcat(brokers, """kcats:{"variations":["two","one"],"active":false}""", "-P", "-K:");
        using ExperimentConsumer consumer = Start(brokers);
        TestNode.WaitUntil(() => consumer.IsRead);
        Assert.Equal("kcats=two- ours=one+", _target.InForce);

        (int partition, long offset) = await publisher.PublishAsync("ours"u8.ToArray(), null);
        Assert.True(await consumer.WaitAsync(new FreshnessToken(FreshnessToken.Experiments, partition, offset), TimeSpan.FromMinutes(1)));
        Assert.Equal("kcats=two-", _target.InForce);
        Assert.Contains("""ours {"variations":["one","one"]}""", Kcat(brokers, "", "-C", "-e", "-q", "-f", "%k %s\n"), StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task Brokers_that_go_leave_what_is_in_force()
    {
        using var brokers = new BrokerProcess(1, 1);
        using ExperimentConsumer consumer = Start(brokers);
        TestNode.WaitUntil(() => consumer.Measure().State == "live");
        using var publisher = new KafkaPublisher(brokers.Options, "recserve.experiments");
        await publisher.PublishAsync("k"u8.ToArray(), """{"variations":["two","one"]}"""u8.ToArray());
        TestNode.WaitUntil(() => _target.InForce == "k=two+");
        Assert.Equal("live", consumer.Measure().State);

        brokers.Tell("down 1");
        TestNode.WaitUntil(() => consumer.Measure().State == "unreachable");
        Assert.Equal("k=two+", _target.InForce);
        brokers.Tell("up 1");
        TestNode.WaitUntil(() => consumer.Measure().State == "live");
    }

    private ExperimentConsumer Start(BrokerProcess brokers)
    {
        var consumer = new ExperimentConsumer(new KafkaSource(brokers.Options, "recserve.experiments"), _target, _quarantine, new ExperimentConsumerOptions(), TimeProvider.System);
        consumer.Start();
        return consumer;
    }

    private static string Kcat(BrokerProcess brokers, string input, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("kcat", ["-b", brokers.Servers, "-t", "recserve.experiments", .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
