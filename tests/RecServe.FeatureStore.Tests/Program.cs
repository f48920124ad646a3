using RecServe.FeatureStore.Tests.Durable;

namespace RecServe.FeatureStore.Tests;

/// <summary>The child of the kill test: a process of its own that writes until it is killed.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        KilledWriter.Run(args[0], Console.Out);
        return 0;
    }
}
