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
        var contenders = new List<(string Name, IScorer Scorer)> { ("plain", new PlainScorer(scorer)), ("exact", scorer) };
        KeptUsers? kept = null;
        KeptItems? items = null;
        if (options.Kept)
        {
            // Each with a store of its own: what one has missed the other must not find.
            items = new KeptItems(options.KeptItemBytes);
            kept = new KeptUsers(scorer, options.KeptUserBytes);
            ISharedScorer itemsKept = ScorerFactory.Create(_package, items), bothKept = ScorerFactory.Create(_package, new KeptItems(options.KeptItemBytes));
            contenders.AddRange([("users_kept", kept), ("items_kept", itemsKept), ("both_kept", new KeptUsers(bothKept, options.KeptUserBytes))]);
            progress.Report("scoring every item of the catalog once, so that kept parts are as after long serving");
            Fill(itemsKept);
            Fill(bothKept);
        }

        (long hits, long misses) = (items?.Hits ?? 0, items?.Misses ?? 0);
        using OnnxRuntime? runtime = options.Peer is null ? null : OnnxRuntime.Load(options.Peer);
        byte[] graph = runtime is null ? [] : OnnxExport.Write(_package);
        byte[]? folded = runtime is null ? null : OnnxFolded.Create(_package)?.Graph;
        progress.Report($"scoring {options.Candidates:N0} candidates a request for {options.Seconds} s on {options.Threads} thread(s)");
        var workers = new ScoreSide[options.Threads][];
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, options.Threads).Select(thread => new Thread(() =>
        {
            try
            {
                using OnnxSession? session = runtime?.Open(graph, 1);
                using OnnxSession? foldedSession = folded is null ? null : runtime!.Open(folded, 1);
                var worker = new ScoreBenchWorker(options, contenders, thread);
                if (session is not null)
                    worker.AddPeer(session);
                if (foldedSession is not null)
                    worker.AddFolded(scorer, OnnxFolded.Create(_package)!, foldedSession);
                workers[thread] = worker.Run(cancellation);
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

        progress.Report($"measuring three single layers for {options.GemmSeconds} s each");
        return new ScoreBenchResult(sides,
            [GemmShare.Measure(500, 416, 512, options.GemmSeconds), GemmShare.Measure(500, 512, 256, options.GemmSeconds), GemmShare.Measure(1, 416, 512, options.GemmSeconds)],
            runtime is null ? null : $"onnxruntime {runtime.Name}", kept, items)
        {
            ItemHitRate = items is null ? 0 : (items.Hits - hits) / Math.Max(1.0, items.Hits - hits + items.Misses - misses),
            Loads = scorer is IExpertLoads { LayerRows: > 0 } loads ? [.. loads.ExpertRows.Select(rows => (double)rows / loads.LayerRows)] : [],
        };
    }

    // Least popular first, so that a store too small for all ends with the popular ones.
    private void Fill(IScorer scorer)
    {
        var requests = new ScoreRequests(options, scorer.Layout, 0);
        int width = scorer.Layout.Item.Width, most = Math.Min(1000, options.Items);
        float[] scratch = new float[scorer.ScratchFloats(most)], logits = new float[most * scorer.Outputs], user = new float[scorer.Layout.User.Width];
        for (int end = options.Items; end > 0; end -= most)
        {
            most = Math.Min(most, end);
            scorer.Score(new RankBatch(user, requests.Catalog.Slice((end - most) * width, most * width), most), scratch, logits);
        }
    }
}
