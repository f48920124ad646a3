using RecServe.Cli.Demo;
using RecServe.Kernels;
using RecServe.Ranking;

namespace RecServe.Cli.Bench;

/// <summary>One thread's requests, as gathered floats: every request has a new user and candidates drawn by a Zipf law. Not thread-safe.</summary>
internal sealed class ScoreRequests
{
    private readonly ZipfSampler _ranks;
    private readonly AlignedFloats _catalog, _user, _items;
    private readonly int _width;
    private readonly Random _random;

    public ScoreRequests(ScoreBenchOptions options, ModelLayout layout, int thread)
    {
        _width = layout.Item.Width;
        _ranks = new ZipfSampler(options.Items, options.Skew);
        _random = new Random(options.Seed);
        _catalog = new AlignedFloats(options.Items * _width);
        Fill(_catalog.Span);
        _user = new AlignedFloats(layout.User.Width);
        _items = new AlignedFloats(options.Candidates * _width);
        Ranks = new int[options.Candidates];
        _random = new Random(HashCode.Combine(options.Seed, thread));
    }

    /// <summary>Which items the candidates are.</summary>
    public int[] Ranks { get; }

    /// <summary>The user's floats.</summary>
    public ReadOnlySpan<float> User => _user.Span;

    /// <summary>The candidates' floats.</summary>
    public ReadOnlySpan<float> Items => _items.Span;

    /// <summary>Draws the next request.</summary>
    public void Next()
    {
        Fill(_user.Span);
        for (int r = 0; r < Ranks.Length; r++)
        {
            Ranks[r] = _ranks.Next(_random);
            _catalog.Span.Slice(Ranks[r] * _width, _width).CopyTo(_items.Span[(r * _width)..]);
        }
    }

    private void Fill(Span<float> floats)
    {
        foreach (ref float value in floats)
            value = _random.NextSingle() - 0.5f;
    }
}
