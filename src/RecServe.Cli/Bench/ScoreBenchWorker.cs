using System.Diagnostics;
using RecServe.Kernels;
using RecServe.Ranking;

namespace RecServe.Cli.Bench;

/// <summary>One thread of <see cref="ScoreBench"/>: its requests, its memory, its turns.</summary>
internal sealed class ScoreBenchWorker
{
    // A server scores one request after another in one way: its weights and the popular items are in the caches then.
    private const int RequestsOfATurn = 16;

    private readonly ScoreBenchOptions _options;
    private readonly ScoreRequests _requests;
    private readonly ModelLayout _layout;
    private readonly float[] _logits;
    private readonly List<Turn> _turns = [];
    private readonly int _outputs;

    public ScoreBenchWorker(ScoreBenchOptions options, IReadOnlyList<(string Name, IScorer Scorer)> contenders, int thread)
    {
        (_options, _layout) = (options, contenders[0].Scorer.Layout);
        _requests = new ScoreRequests(options, _layout, thread);
        _outputs = contenders[0].Scorer.Outputs;
        _logits = new float[options.Candidates * _outputs];
        foreach ((string name, IScorer scorer) in contenders)
        {
            var scratch = new AlignedFloats(scorer.ScratchFloats(options.Candidates));
            _turns.Add(new Turn(new ScoreSide(name), () => { }, () => scorer.Score(new RankBatch(_requests.User, _requests.Items, _options.Candidates), scratch.Span, _logits), null));
        }
    }

    /// <summary>The model as it is, every candidate with its user.</summary>
    public void AddPeer(OnnxSession session)
    {
        int count = _options.Candidates, fields = _options.UserFields + _options.ItemFields;
        float[] x = session.Input("x", count, fields * _options.Dim), linear = _layout.User.Width > _layout.User.Dense ? session.Input("linear", count, fields) : [];
        float[] logits = session.Output("logit", count, Math.Max(1, _outputs - 1));
        _turns.Add(new Turn(new ScoreSide("onnxruntime"), () => FillPeer(x, linear), session.Run, logits));
    }

    /// <summary>The folded graph, and beside it our own candidates with what they share at hand: both without what is made once a request.</summary>
    public void AddFolded(ISharedScorer scorer, OnnxFolded folded, OnnxSession session)
    {
        int count = _options.Candidates, form = scorer.SharedForm(count, kept: false);
        AlignedFloats shared = new(scorer.SharedFloats(form)), scratch = new(scorer.SharedScratchFloats(count));
        _turns.Add(new Turn(new ScoreSide("candidates"), () => scorer.Share(_requests.User, form, shared.Span, scratch.Span),
            () => scorer.ScoreShared(new RankBatch(_requests.User, _requests.Items, count), form, shared.Span, scratch.Span, _logits), null));
        float[] items = session.Input("items", count, _options.ItemFields * _options.Dim);
        (OnnxRequestInput Input, float[] Values)[] inputs = [.. folded.Inputs.Select(input => (input, session.Input(input.Name, input.Rows, input.Columns)))];
        float[] logits = session.Output("logit", count, Math.Max(1, _outputs - 1));
        void Prepare()
        {
            for (int r = 0; r < count; r++)
                _requests.Items.Slice(r * _layout.Item.Width, _layout.Item.Dense).CopyTo(items.AsSpan(r * _layout.Item.Dense));
            foreach ((OnnxRequestInput input, float[] values) in inputs)
                input.Make(_requests.User, values);
        }

        _turns.Add(new Turn(new ScoreSide("onnxruntime_folded"), Prepare, session.Run, logits));
    }

    public ScoreSide[] Run(CancellationToken cancellation)
    {
        float[] reference = new float[_options.Candidates * Math.Max(1, _outputs - 1)];
        long begin = Stopwatch.GetTimestamp();

        // A fifth of the time goes by before anything counts: methods are compiled again after their first calls.
        for (int round = 0; round < 3 || Seconds(begin) < 1.2 * _options.Seconds; round++)
        {
            bool counts = round > 0 && Seconds(begin) > 0.2 * _options.Seconds;
            for (int i = 0; i < _turns.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();

                // Another order every round: the first request of a turn finds the caches as the last turn left them.
                Turn turn = _turns[(i + round) % _turns.Count];
                _requests.Begin(round);
                for (int request = 0; request < RequestsOfATurn; request++)
                {
                    _requests.Next();
                    turn.Prepare();
                    long start = Stopwatch.GetTimestamp();
                    turn.Score();
                    double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                    if (counts || round == 2)
                        turn.Side.Add(time);
                }
            }

            Compare(reference);
        }

        return [.. _turns.Select(turn => turn.Side)];
    }

    private static double Seconds(long begin) => Stopwatch.GetElapsedTime(begin).TotalSeconds;

    // Scores of every side against those of the first, which is the plain one.
    private void Compare(float[] reference)
    {
        foreach (Turn turn in _turns)
            turn.Prepare();
        _turns[0].Score();
        Compared().CopyTo(reference, 0);
        foreach (Turn turn in _turns)
        {
            turn.Score();
            float[] scores = turn.Logits ?? Compared();
            turn.Side.Compare(reference, scores);
            turn.Side.CompareRanks(Distinct(reference), Distinct(scores));
        }
    }

    // Scores of each item once: a popular item is drawn many times, and all of its copies would change places with those of one that scores the same but for rounding.
    private float[] Distinct(float[] scores)
    {
        var seen = new HashSet<int>();
        int each = scores.Length / _options.Candidates;
        return [.. Enumerable.Range(0, _options.Candidates).Where(r => seen.Add(_requests.Ranks[r])).SelectMany(r => scores[(r * each)..((r + 1) * each)])];
    }

    // What all sides give: each task's logits, without the one that candidates are ranked by.
    private float[] Compared() => _outputs == 1 ? _logits : [.. _logits.Where((_, i) => i % _outputs > 0)];

    private void FillPeer(float[] x, float[] linear)
    {
        SideLayout user = _layout.User, item = _layout.Item;
        int inputs = user.Dense + item.Dense, fields = linear.Length / _options.Candidates;
        for (int r = 0; r < _options.Candidates; r++)
        {
            ReadOnlySpan<float> row = _requests.Items.Slice(r * item.Width, item.Width);
            _requests.User[..user.Dense].CopyTo(x.AsSpan(r * inputs));
            row[..item.Dense].CopyTo(x.AsSpan((r * inputs) + user.Dense));
            if (fields == 0)
                continue;
            _requests.User[user.Dense..].CopyTo(linear.AsSpan(r * fields));
            row[item.Dense..].CopyTo(linear.AsSpan((r * fields) + user.Width - user.Dense));
        }
    }

    /// <summary>One side's turn.</summary>
    /// <param name="Side">Takes the time.</param>
    /// <param name="Prepare">What is done for a new request and not timed.</param>
    /// <param name="Score">What is timed.</param>
    /// <param name="Logits">Where its scores stand; null where they stand with those of the others.</param>
    private sealed record Turn(ScoreSide Side, Action Prepare, Action Score, float[]? Logits);
}
