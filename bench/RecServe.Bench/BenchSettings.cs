using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace RecServe.Bench;

/// <summary>What all benchmarks share: allocations are always counted, short runs that fit a shared two-core machine.</summary>
internal static class BenchSettings
{
    /// <summary>
    /// In process: a generated project would be built under the rules of this repository (warnings as errors, central versions) for no gain.
    /// The process must be a Release build; the host refuses others.
    /// </summary>
    public static IConfig Create() => DefaultConfig.Instance
        .AddJob(Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(10))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .WithArtifactsPath("artifacts/bench");
}
