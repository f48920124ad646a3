using System.CommandLine;
using RecServe.Cli.Bench;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench</c>: measures parts of the product beside what they have to beat, in one run.</summary>
internal static class BenchVerb
{
    internal static Command Create() =>
        new Verb("bench", "Measure parts of the product beside what they have to beat, in one run.",
            "recserve bench gather --rows 10000000 --dim 16 --precision int8 --skew 1.05")
        {
            GatherCommand.Create(),
            ScoreCommand.Create(),
            EvictionVerb.Create(),
            ReadersVerb.Create(),
            CachedVerb.Create(),
            RecoveryBench.Create(),
            StoreBench.Create(),
            UpdatesBench.Create(),
            CorridorBench.Create(),
            ReadAfterBench.Create(),
            BrokerVerb.Create(),
            FieldsBench.Create(),
            ExpertsBench.Create(),
            CompressionBench.Create(),
            HttpBench.Create(),
        };
}
