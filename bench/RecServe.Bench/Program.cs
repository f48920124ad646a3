using BenchmarkDotNet.Running;
using RecServe.Artifacts;
using RecServe.Bench;

// "package KIND DIR" writes the model of the pipeline benchmark, for a server that the load generator measures.
if (args is ["package", var kind, var directory] && BenchModel.Kinds.Contains(kind))
{
    PackageWriter.Write(BenchMarket.Create(kind), directory);
    return 0;
}

// Without arguments it asks which; --filter '*Gemm*' runs those, --list flat names them all.
return BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, BenchSettings.Create()).Any() ? 0 : 1;
