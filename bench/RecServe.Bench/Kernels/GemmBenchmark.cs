using BenchmarkDotNet.Attributes;
using RecServe.Kernels;

namespace RecServe.Bench;

/// <summary>One dense layer of 400 × 400 over the rows of a ranking (500) and of a training batch (4,096), by every kernel of this machine.</summary>
public class GemmBenchmark
{
    private const int Width = 400;

    private float[] _x = [], _y = [], _bias = [];
    private PackedMatrix _weights = null!;

    [Params(500, 4096)]
    public int Rows { get; set; }

    [ParamsSource(nameof(Kernels))]
    public string Kernel { get; set; } = "";

    public static IEnumerable<string> Kernels => KernelSelection.Available.Select(kernel => kernel.Name);

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        _x = Draw(Rows * Width);
        _y = new float[Rows * Width];
        _bias = Draw(Width);
        _weights = PackedMatrix.Pack(Draw(Width * Width), Width, Width, Width, KernelSelection.Choose(Kernel));
    }

    [Benchmark]
    public float Layer()
    {
        Gemm.Linear(_x, Width, Rows, _weights, _bias, Activation.Relu, _y, Width);
        return _y[0];
    }
}
