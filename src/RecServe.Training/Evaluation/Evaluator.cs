using RecServe.Artifacts;
using RecServe.Ranking;
using RecServe.Training.Data;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Training.Evaluation;

/// <summary>Measures a package on labelled samples, by the same scorer that serves it.</summary>
public static class Evaluator
{
    private const int BlockRows = 512;

    /// <summary>Figures of a package; with several tasks their means.</summary>
    /// <param name="package">The package.</param>
    /// <param name="data">Samples encoded for it (see <see cref="EvaluationDataReader"/>).</param>
    /// <param name="threads">Threads that compute, at least 1; the result does not depend on it.</param>
    /// <exception cref="PackageException">The package cannot be scored.</exception>
    public static EvaluationMetrics Evaluate(ModelPackage package, Dataset data, int threads) => TaskMetrics.Mean(EvaluateTasks(package, data, threads));

    /// <summary>Figures of each task, or of the one label.</summary>
    /// <inheritdoc cref="Evaluate"/>
    public static TaskMetrics[] EvaluateTasks(ModelPackage package, Dataset data, int threads) =>
        TaskMetrics.Of(package.Architecture.Tasks, data, TaskLogits(package, data, threads));

    /// <summary>Logit of every sample; with several tasks the one that candidates are ranked by.</summary>
    /// <inheritdoc cref="Evaluate"/>
    public static float[] Logits(ModelPackage package, Dataset data, int threads)
    {
        float[] scores = Scores(package, data, threads);
        int outputs = scores.Length / Math.Max(1, data.Samples);
        return outputs == 1 ? scores : [.. Enumerable.Range(0, data.Samples).Select(sample => scores[sample * outputs])];
    }

    /// <summary>Logits of every sample by the first task, then by the next.</summary>
    /// <inheritdoc cref="Evaluate"/>
    public static float[] TaskLogits(ModelPackage package, Dataset data, int threads)
    {
        float[] scores = Scores(package, data, threads);
        int tasks = package.Architecture.Tasks.Count;
        return tasks <= 1 ? scores : [.. Enumerable.Range(0, tasks).SelectMany(task => Enumerable.Range(0, data.Samples).Select(sample => scores[(sample * (tasks + 1)) + 1 + task]))];
    }

    // [samples, outputs of the scorer]
    private static float[] Scores(ModelPackage package, Dataset data, int threads)
    {
        IScorer scorer = ScorerFactory.Create(package);
        var users = new SideGather(scorer.Layout.User, package, data);
        var items = new SideGather(scorer.Layout.Item, package, data);
        var logits = new float[data.Samples * scorer.Outputs];
        using var scratch = new ThreadLocal<BlockScratch>(() => new BlockScratch(scorer, BlockRows));
        using var team = new ThreadTeam(threads);
        team.Run((data.Samples + BlockRows - 1) / BlockRows, block =>
        {
            int from = block * BlockRows, count = Math.Min(BlockRows, data.Samples - from);
            BlockScratch memory = scratch.Value!;
            users.Gather(from, count, memory.Users);
            items.Gather(from, count, memory.Items);
            scorer.ScoreRows(memory.Users.AsSpan(0, count * users.Width), memory.Items.AsSpan(0, count * items.Width), count, memory.Scorer,
                logits.AsSpan(from * scorer.Outputs, count * scorer.Outputs));
        });
        return logits;
    }

    private sealed class BlockScratch(IScorer scorer, int rows)
    {
        public float[] Users { get; } = new float[rows * scorer.Layout.User.Width];

        public float[] Items { get; } = new float[rows * scorer.Layout.Item.Width];

        public float[] Scorer { get; } = new float[scorer.ScratchFloats(rows)];
    }
}
