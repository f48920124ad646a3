using System.Globalization;

namespace RecServe.Stream;

/// <summary>A loopback broker for other processes: says where it is, then does what lines of text tell it.</summary>
public static class LoopbackBrokerCommands
{
    /// <summary>Starts brokers with the topics of row updates, of experiments and of the quarantine, and follows commands until they end: <c>down N</c>, <c>up N</c>, <c>slow N MS</c>, <c>create TOPIC PARTITIONS</c>, <c>lead TOPIC PARTITION N</c>.</summary>
    /// <param name="brokers">Brokers.</param>
    /// <param name="partitions">Partitions of recserve.rows; 0: no topic is made.</param>
    /// <param name="commands">One command a line; its end ends the brokers.</param>
    /// <param name="output">Takes the address, then <c>ok</c> or what is wrong for each command.</param>
    public static void Run(int brokers, int partitions, TextReader commands, TextWriter output)
    {
        using var broker = new LoopbackBroker(brokers);
        if (partitions > 0)
        {
            broker.Create("recserve.rows", partitions);
            broker.Create("recserve.experiments", 1);
            broker.Create("recserve.quarantine", 1);
        }

        output.WriteLine(broker.Servers);
        output.Flush();
        while (commands.ReadLine() is { } line)
        {
            output.WriteLine(Follow(broker, line.Split(' ')));
            output.Flush();
        }
    }

    private static string Follow(LoopbackBroker broker, string[] words)
    {
        try
        {
            switch (words)
            {
                case ["down" or "up", var number]:
                    broker.Set(Number(number), words[0] == "up");
                    return "ok";
                case ["slow", var number, var milliseconds]:
                    broker.Slow(Number(number), TimeSpan.FromMilliseconds(Number(milliseconds)));
                    return "ok";
                case ["create", var topic, var partitions]:
                    broker.Create(topic, Number(partitions));
                    return "ok";
                case ["lead", var topic, var partition, var number]:
                    broker.Lead(topic, Number(partition), Number(number));
                    return "ok";
                default:
                    return "unknown command; there are: down N, up N, slow N MS, create TOPIC PARTITIONS, lead TOPIC PARTITION N";
            }
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or InvalidOperationException)
        {
            return failure.Message;
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
