using BenchmarkDotNet.Running;

// Without arguments it asks which; --filter '*Gemm*' runs those, --list flat names them all.
return BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, RecServe.Bench.BenchSettings.Create()).Any() ? 0 : 1;
