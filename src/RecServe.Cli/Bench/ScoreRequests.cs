using RecServe.Cli.Demo;
using RecServe.Kernels;
using RecServe.Ranking;

namespace RecServe.Cli.Bench;

/// <summary>One thread's requests, as gathered floats: a request has a new user, or one of before, and candidates drawn by a Zipf law. Not thread-safe.</summary>
internal sealed class ScoreRequests
{
    /// <summary>Users that may come again.</summary>
    public const int Remembered = 100;

    private readonly ZipfSampler _ranks;
    private readonly AlignedFloats _catalog, _user, _items;
    private readonly List<float[]> _users = [], _fresh = [];
    private readonly int _width, _returning, _seed;
    private Random _random;
    private int _new, _round;

    public ScoreRequests(ScoreBenchOptions options, ModelLayout layout, int thread)
    {
        _width = layout.Item.Width;
        _returning = options.Returning;
        _ranks = new ZipfSampler(options.Items, options.Skew);
        _random = new Random(options.Seed);
        _catalog = new AlignedFloats(options.Items * _width);
        Fill(_catalog.Span);
        _user = new AlignedFloats(layout.User.Width);
        _items = new AlignedFloats(options.Candidates * _width);
        Ranks = new int[options.Candidates];
        _seed = (options.Seed * 1009) + thread;
        _random = new Random(_seed);
    }

    /// <summary>Which items the candidates are.</summary>
    public int[] Ranks { get; }

    /// <summary>The user's floats.</summary>
    public ReadOnlySpan<float> User => _user.Span;

    /// <summary>The candidates' floats.</summary>
    public ReadOnlySpan<float> Items => _items.Span;

    /// <summary>All items' floats, the most popular first.</summary>
    public ReadOnlySpan<float> Catalog => _catalog.Span;

    /// <summary>Begins a turn: all turns of a round get the same requests, no round those of another. Users of a round may return from the next round on.</summary>
    public void Begin(int round)
    {
        if (round != _round)
        {
            foreach (float[] user in _fresh)
            {
                if (_users.Count < Remembered)
                    _users.Add(user);
                else
                    _users[_new++ % Remembered] = user;
            }
        }

        _fresh.Clear();
        _round = round;
        _random = new Random(unchecked((_seed * 7919) + round));
    }

    /// <summary>Draws the next request.</summary>
    public void Next()
    {
        NextUser();
        for (int r = 0; r < Ranks.Length; r++)
        {
            Ranks[r] = _ranks.Next(_random);
            _catalog.Span.Slice(Ranks[r] * _width, _width).CopyTo(_items.Span[(r * _width)..]);
        }
    }

    private void NextUser()
    {
        if (_users.Count > 0 && _random.Next(100) < _returning)
        {
            _users[_random.Next(_users.Count)].CopyTo(_user.Span);
            return;
        }

        Fill(_user.Span);
        _fresh.Add(_user.Span.ToArray());
    }

    private void Fill(Span<float> floats)
    {
        foreach (ref float value in floats)
            value = _random.NextSingle() - 0.5f;
    }
}
