using BenchmarkDotNet.Attributes;
using RecServe.Kernels;

namespace RecServe.Bench;

/// <summary>The three products of a dense layer in training (batch 4,096, 400 → 400) and those of the head (400 → 1).</summary>
public class TrainingProductBenchmark
{
    private const int Batch = 4096, Width = 400;

    private float[] _x = [], _dy = [], _w = [], _result = [], _head = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        _x = Draw(Batch * Width);
        _dy = Draw(Batch * Width);
        _w = Draw(Width * Width);
        _head = Draw(Batch);
        _result = new float[Batch * Width];
    }

    [Benchmark(Baseline = true)]
    public void Forward() => Gemm.Multiply(false, true, Batch, Width, Width, _x, Width, _w, Width, _result, Width);

    [Benchmark]
    public void InputGradient() => Gemm.Multiply(false, false, Batch, Width, Width, _dy, Width, _w, Width, _result, Width);

    [Benchmark]
    public void WeightGradient() => Gemm.Multiply(true, false, Width, Width, Batch, _dy, Width, _x, Width, _result, Width);

    [Benchmark]
    public void HeadForward() => Gemm.Multiply(false, true, Batch, 1, Width, _x, Width, _w, Width, _result, 1);

    [Benchmark]
    public void HeadWeightGradient() => Gemm.Multiply(true, false, 1, Width, Batch, _head, 1, _x, Width, _result, Width);
}
