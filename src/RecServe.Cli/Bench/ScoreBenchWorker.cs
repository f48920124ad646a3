using System.Diagnostics;
using RecServe.Kernels;
using RecServe.Ranking;

namespace RecServe.Cli.Bench;

/// <summary>One thread of <see cref="ScoreBench"/>: its requests, its memory, its turns.</summary>
internal sealed class ScoreBenchWorker
{
    private readonly ScoreBenchOptions _options;
    private readonly ScoreRequests _requests;
    private readonly ModelLayout _layout;
    private readonly OnnxSession? _session;
    private readonly float[] _x = [], _linear = [], _peer = [], _logits;
    private readonly List<(ScoreSide Side, Action Score)> _turns = [];
    private readonly int _outputs;

    public ScoreBenchWorker(ScoreBenchOptions options, IReadOnlyList<(string Name, IScorer Scorer)> contenders, OnnxSession? session, int thread)
    {
        (_options, _layout, _session) = (options, contenders[0].Scorer.Layout, session);
        _requests = new ScoreRequests(options, _layout, thread);
        _outputs = contenders[0].Scorer.Outputs;
        _logits = new float[options.Candidates * _outputs];
        foreach ((string name, IScorer scorer) in contenders)
            AddScorer(name, scorer);
        if (session is null)
            return;
        int count = options.Candidates, fields = options.UserFields + options.ItemFields;
        _x = session.Input("x", count, fields * options.Dim);
        if (_layout.User.Width > _layout.User.Dense)
            _linear = session.Input("linear", count, fields);
        _peer = session.Output("logit", count, Math.Max(1, _outputs - 1));
        _turns.Add((new ScoreSide("onnxruntime"), session.Run));
    }

    public ScoreSide[] Run(CancellationToken cancellation)
    {
        float[] reference = new float[_options.Candidates * Math.Max(1, _outputs - 1)];
        long begin = Stopwatch.GetTimestamp();

        // A fifth of the time goes by before anything counts: methods are compiled again after their first calls.
        for (int round = 0; round < 3 || Seconds(begin) < 1.2 * _options.Seconds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            _requests.Next();
            FillPeer();
            bool counts = round > 0 && Seconds(begin) > 0.2 * _options.Seconds;
            for (int i = 0; i < _turns.Count; i++)
            {
                // Another order every round: what runs first finds the caches as the last one left them.
                (ScoreSide side, Action score) = _turns[(i + round) % _turns.Count];
                long start = Stopwatch.GetTimestamp();
                score();
                double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                if (counts || round == 2)
                    side.Add(time);
            }

            if (round % 16 == 2)
                Compare(reference);
        }

        return [.. _turns.Select(turn => turn.Side)];
    }

    private static double Seconds(long begin) => Stopwatch.GetElapsedTime(begin).TotalSeconds;

    private void AddScorer(string name, IScorer scorer)
    {
        var scratch = new AlignedFloats(scorer.ScratchFloats(_options.Candidates));
        _turns.Add((new ScoreSide(name), () => scorer.Score(new RankBatch(_requests.User, _requests.Items, _options.Candidates), scratch.Span, _logits)));
    }

    // Scores of every side against those of the first, which is the plain one.
    private void Compare(float[] reference)
    {
        _turns[0].Score();
        Compared().CopyTo(reference, 0);
        foreach ((ScoreSide side, Action score) in _turns)
        {
            score();
            float[] scores = side.Name == "onnxruntime" ? _peer : Compared();
            side.Compare(reference, scores);
            side.CompareRanks(reference, scores);
        }
    }

    // What all sides give: each task's logits, without the one that candidates are ranked by.
    private float[] Compared() => _outputs == 1 ? _logits : [.. _logits.Where((_, i) => i % _outputs > 0)];

    private void FillPeer()
    {
        if (_session is null)
            return;
        SideLayout user = _layout.User, item = _layout.Item;
        int inputs = user.Dense + item.Dense, fields = _linear.Length / _options.Candidates;
        for (int r = 0; r < _options.Candidates; r++)
        {
            ReadOnlySpan<float> row = _requests.Items.Slice(r * item.Width, item.Width);
            _requests.User[..user.Dense].CopyTo(_x.AsSpan(r * inputs));
            row[..item.Dense].CopyTo(_x.AsSpan((r * inputs) + user.Dense));
            if (fields == 0)
                continue;
            _requests.User[user.Dense..].CopyTo(_linear.AsSpan(r * fields));
            row[item.Dense..].CopyTo(_linear.AsSpan((r * fields) + user.Width - user.Dense));
        }
    }
}
