using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// What candidates of a model with several tasks are ranked by: the logit of p = Σ w_t · sigmoid(logit_t) / Σ w_t, so that it reads like that of a model with
/// one label. Where one task alone has a weight it is that task's logit to the bit.
/// </summary>
internal sealed class TaskRanking
{
    private readonly float[] _weights;
    private readonly int _only;

    public TaskRanking(IReadOnlyList<PackageTask> tasks)
    {
        double sum = tasks.Sum(task => task.RankWeight);
        _weights = [.. tasks.Select(task => (float)(task.RankWeight / sum))];
        _only = _weights.Count(weight => weight > 0) == 1 ? Array.FindIndex(_weights, weight => weight > 0) : -1;
    }

    /// <summary>Writes each row's first number from the logits of its tasks, which follow it.</summary>
    public void Apply(Span<float> outputs, int rows)
    {
        int stride = _weights.Length + 1;
        for (int r = 0; r < rows; r++)
            outputs[r * stride] = _only >= 0 ? outputs[(r * stride) + 1 + _only] : Logit(outputs.Slice((r * stride) + 1, _weights.Length));
    }

    // ln p − ln(1 − p) with both from sums of their own, so that neither is rounded to 0 near the ends.
    private float Logit(ReadOnlySpan<float> logits)
    {
        float p = 0, q = 0;
        for (int t = 0; t < logits.Length; t++)
        {
            p += _weights[t] * Sigmoid.Of(logits[t]);
            q += _weights[t] * Sigmoid.Of(-logits[t]);
        }

        const float Least = 1e-38f;
        return float.IsNaN(p) ? p : MathF.Log(MathF.Max(p, Least)) - MathF.Log(MathF.Max(q, Least));
    }
}
