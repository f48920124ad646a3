using RecServe.Cli.Bench;
using RecServe.Cli.Terminal;
using RecServe.Stream;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench broker</c>: Kafka brokers on loopback, to try the update stream without an installation.</summary>
internal static class BrokerVerb
{
    public static Verb Create()
    {
        var brokers = NumberOption.Whole("--brokers", "How many brokers.", 1, 1, 16);
        var partitions = NumberOption.Whole("--partitions", "Partitions of recserve.rows.", 4, 0, 1_024);
        var verb = new Verb("broker", "Run Kafka brokers on loopback, in memory, with the topics of row updates and experiments; prints their address, and ends with its input. For trials: they keep the newest 5 MB a partition.",
            "recserve bench broker --partitions 16")
        {
            brokers, partitions,
        };
        verb.SetAction((parsed, _) =>
        {
            LoopbackBrokerCommands.Run(parsed.GetValue(brokers), parsed.GetValue(partitions), Console.In, parsed.InvocationConfiguration.Output);
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }
}
