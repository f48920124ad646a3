using RecServe.Artifacts;
using RecServe.Ranking;

namespace RecServe.Cli.Bench;

/// <summary>Scores the same requests by every contender in turn, so that whatever else the machine does falls on all of them.</summary>
internal sealed class ScoreBench(ScoreBenchOptions options, IProgress<string> progress)
{
    private readonly ModelPackage _package = ScoreModel.Create(options);

    public ScoreBenchResult Run(CancellationToken cancellation)
    {
        ISharedScorer scorer = ScorerFactory.Create(_package);
        KeptItems? items = options.Kept ? new KeptItems(options.KeptItemBytes) : null;
        ISharedScorer? itemsKept = items is null ? null : ScorerFactory.Create(_package, items);
        KeptUsers? kept = itemsKept is null ? null : new KeptUsers(scorer, options.KeptUserBytes);
        KeptUsers? both = itemsKept is null ? null : new KeptUsers(itemsKept, options.KeptUserBytes);
        var contenders = new List<(string Name, IScorer Scorer)> { ("plain", new PlainScorer(scorer)), ("exact", scorer) };
        if (options.Kept)
            contenders.AddRange([("users_kept", kept!), ("items_kept", itemsKept!), ("both_kept", both!)]);
        using OnnxRuntime? runtime = options.Peer is null ? null : OnnxRuntime.Load(options.Peer);
        byte[] graph = runtime is null ? [] : OnnxExport.Write(_package);
        progress.Report($"scoring {options.Candidates:N0} candidates a request for {options.Seconds} s on {options.Threads} thread(s)");
        var workers = new ScoreSide[options.Threads][];
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, options.Threads).Select(thread => new Thread(() =>
        {
            try
            {
                using OnnxSession? session = runtime?.Open(graph, 1);
                workers[thread] = new ScoreBenchWorker(options, contenders, session, thread).Run(cancellation);
            }
            catch (InvalidOperationException error)
            {
                failure = error;
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        cancellation.ThrowIfCancellationRequested();
        if (failure is not null)
            throw new InvalidOperationException(failure.Message, failure);
        ScoreSide[] sides = workers[0];
        foreach (ScoreSide[] other in workers.AsSpan(1))
        {
            for (int i = 0; i < sides.Length; i++)
                sides[i].Add(other[i]);
        }

        progress.Report("measuring single layers");
        return new ScoreBenchResult(sides, FusedMultiplyAddPeak.Measure(),
            [GemmShare.Measure(500, 416, 512), GemmShare.Measure(500, 512, 256), GemmShare.Measure(1, 416, 512)],
            runtime is null ? null : $"onnxruntime {runtime.Name}", kept, items)
        {
            Loads = scorer is IExpertLoads { LayerRows: > 0 } loads ? [.. loads.ExpertRows.Select(rows => (double)rows / loads.LayerRows)] : [],
        };
    }
}
