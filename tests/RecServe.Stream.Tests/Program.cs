namespace RecServe.Stream.Tests;

/// <summary>The child of <see cref="BrokerProcess"/>: brokers in a process of their own.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        LoopbackBrokerCommands.Run(int.Parse(args[0]), int.Parse(args[1]), Console.In, Console.Out);
        return 0;
    }
}
