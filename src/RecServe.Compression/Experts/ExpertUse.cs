using RecServe.Artifacts;
using RecServe.Kernels;
using RecServe.Ranking;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;

namespace RecServe.Compression.Experts;

/// <summary>Runs samples through a model with sparse experts and notes how its experts are used: the forward pass of docs/formats/package.md, one row at a time.</summary>
public sealed class ExpertUse
{
    private readonly ModelPackage _package;
    private readonly SparseArchitecture _shape;
    private readonly int _tasks, _users;
    private readonly LayerSums[] _sums;

    private ExpertUse(ModelPackage package, int users)
    {
        (_package, _shape, _tasks, _users) = (package, package.Architecture.Sparse!, package.Architecture.Tasks.Count, users);
        _sums = [.. Enumerable.Range(0, _shape.Layers).Select(layer => new LayerSums(_shape, _shape.Routers(layer, _tasks)))];
    }

    /// <summary>Use of every layer.</summary>
    /// <param name="package">A package of kind moe.</param>
    /// <param name="data">Samples encoded for it; their labels do not matter.</param>
    /// <param name="cancellation">Ends the pass with an exception.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<LayerUse> Measure(ModelPackage package, Dataset data, CancellationToken cancellation = default)
    {
        ModelLayout layout = ScorerFactory.Layout(package);
        var use = new ExpertUse(package, layout.User.Dense);
        var users = new SideGather(layout.User, package, data);
        var items = new SideGather(layout.Item, package, data);
        var x = new float[users.Width + items.Width];
        for (int sample = 0; sample < data.Samples; sample++)
        {
            if (sample % 1024 == 0)
                cancellation.ThrowIfCancellationRequested();
            users.Gather(sample, 1, x);
            items.Gather(sample, 1, x.AsSpan(users.Width));
            use.Row(x);
        }

        return [.. use._sums.Select(sums => sums.Finish(data.Samples))];
    }

    private void Row(float[] x)
    {
        float[] h = Linear("stem", x, relu: true), below = [];
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            string prefix = $"moe.{layer}";
            float[] read = _shape.ByRequest ? x[.._users] : h;
            float[][] logits = [.. Enumerable.Range(0, _shape.Routers(layer, _tasks)).Select(r =>
            {
                float[] z = Product($"{prefix}.router.{r}.weight", read);
                return layer == 0 ? z : [.. z.Zip(Product($"{prefix}.router.{r}.residual.weight", below), (own, residual) => own + residual)];
            })];
            float[][] gates = Gates(logits);
            float[]?[] outputs = [.. Enumerable.Range(0, _shape.FirstZero).Select(e => gates.Any(gate => gate[e] != 0) ? Expert(prefix, e, h) : null)];
            _sums[layer].Add(logits, gates, outputs);
            if (layer + 1 == _shape.Layers)
                return;
            float[] next = [.. h];
            for (int e = 0; e < outputs.Length; e++)
            {
                if (outputs[e] is { } y)
                    RowMath.AddScaled(y, gates[0][e], next);
            }

            (h, below) = (next, logits[0]);
        }
    }

    private float[][] Gates(float[][] logits)
    {
        int n = _shape.Experts;
        float[][] p = [.. logits.Select(z => (float[])[.. z])], gates = [.. logits.Select(_ => new float[n])];
        foreach (float[] one in p)
            Softmax.Apply<float>(one, n);
        var mean = new float[n];
        foreach (float[] one in p)
            RowMath.AddScaled(one, 1f / p.Length, mean);
        Span<bool> chosen = stackalloc bool[n];
        for (int r = 0; r < p.Length; r++)
        {
            ReadOnlySpan<float> decides = _shape.OneSet ? mean : p[r];
            if (_shape.TopK > 0)
                ExpertChoice.Largest(decides, _shape.TopK, chosen);
            else
                ExpertChoice.Cumulative(decides, (float)_shape.TopP, chosen);
            ExpertChoice.Gates(p[r], chosen, _shape.FirstZero, _shape.TopK > 0, gates[r]);
        }

        return gates;
    }

    private float[] Expert(string prefix, int e, float[] h)
    {
        if (e < _shape.Networks)
            return Linear($"{prefix}.expert.{e}.1", Linear($"{prefix}.expert.{e}.0", h, relu: true), relu: false);
        if (e >= _shape.FirstCopy)
            return h;
        float[] mix = Product($"{prefix}.constant.{e - _shape.Networks}.weight", h), vector = _package.Tensor($"{prefix}.constant.{e - _shape.Networks}.vector").Values;
        Softmax.Apply<float>(mix, 2);
        return [.. h.Zip(vector, (value, constant) => (mix[0] * value) + (mix[1] * constant))];
    }

    private float[] Linear(string name, float[] x, bool relu)
    {
        float[] y = Product($"{name}.weight", x), bias = _package.Tensor($"{name}.bias").Values;
        for (int i = 0; i < y.Length; i++)
            y[i] = relu ? Math.Max(0, y[i] + bias[i]) : y[i] + bias[i];
        return y;
    }

    private float[] Product(string name, float[] x)
    {
        float[] weight = _package.Tensor(name).Values, y = new float[weight.Length / x.Length];
        for (int o = 0; o < y.Length; o++)
            y[o] = Gemm.Dot(weight.AsSpan(o * x.Length, x.Length), x);
        return y;
    }
}
