using BenchmarkDotNet.Running;
using RecServe.Bench;

if (BenchCommands.IsCommand(args))
    return BenchCommands.Run(args);

// Without arguments it asks which; --filter '*Gemm*' runs those, --list flat names them all.
return BenchmarkSwitcher.FromAssembly(typeof(BenchSettings).Assembly).Run(args, BenchSettings.Create()).Any() ? 0 : 1;
