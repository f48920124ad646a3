using System.Diagnostics;
using System.Text;
using RecServe.Artifacts;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Kernels;
using RecServe.Ranking;

namespace RecServe.Cli.Bench.Compressed;

/// <summary>A package in this process: gathers and scores requests as a server does, on one thread, each timed by itself.</summary>
internal sealed class PackageSide : IDisposable
{
    private readonly EmbeddingTableSet _tables;
    private readonly ISharedScorer _scorer;
    private readonly FeatureBatch[] _requests;
    private readonly int[] _candidates;
    private readonly GatherScratch _gather = new();
    private readonly AlignedFloats _floats;

    public PackageSide(ModelPackage package, IReadOnlyList<(string User, string[] Items)> requests)
    {
        _tables = new EmbeddingTableSet(package.Tables);
        _scorer = ScorerFactory.Create(package);
        DataSchema schema = PackageEncoders.Schema(package);
        var extractor = new FeatureExtractor(schema, PackageEncoders.Encoders(package, schema), PackageEncoders.Catalog(package, "items"), PackageEncoders.Catalog(package, "users"));
        _requests = [.. requests.Select(request => Encode(extractor, request))];
        _candidates = [.. requests.Select(request => request.Items.Length)];
        int most = _candidates.Max();
        _floats = new AlignedFloats(_scorer.ScratchFloats(most) + _scorer.Layout.User.Width + (most * (_scorer.Layout.Item.Width + _scorer.Outputs)));
    }

    /// <summary>Memory of the tables, in bytes.</summary>
    public long TableBytes => _tables.HotBytes;

    /// <summary>Runs every request once; microseconds a request of gathering and of scoring.</summary>
    public (double Gather, double Score) Run()
    {
        long gather = 0, score = 0;
        for (int r = 0; r < _requests.Length; r++)
        {
            int count = _candidates[r], scoring = _scorer.ScratchFloats(count);
            Span<float> floats = _floats.Span, user = floats.Slice(scoring, _scorer.Layout.User.Width), items = floats.Slice(scoring + user.Length, count * _scorer.Layout.Item.Width);
            long start = Stopwatch.GetTimestamp();
            Gather(_scorer.Layout.User, _requests[r], user);
            Gather(_scorer.Layout.Item, _requests[r], items);
            long gathered = Stopwatch.GetTimestamp();
            _scorer.Score(new RankBatch(user, items, count), floats[..scoring], floats[^(count * _scorer.Outputs)..]);
            (gather, score) = (gather + gathered - start, score + Stopwatch.GetTimestamp() - gathered);
        }

        return (Microseconds(gather), Microseconds(score));
    }

    public void Dispose() => _tables.Dispose();

    private double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency / _requests.Length;

    private void Gather(SideLayout side, FeatureBatch batch, Span<float> vectors)
    {
        foreach (FieldSlot slot in side.Slots)
        {
            FeatureColumn column = batch[slot.Field];
            _tables[slot.Field].Gather(new RowLookup(column.Keys, column.Weights, column.Offsets, column.IsPlain, new VectorPlace(side.Width, slot.EmbeddingOffset, slot.Dim, slot.LinearOffset)), vectors, _gather);
        }
    }

    private static FeatureBatch Encode(FeatureExtractor extractor, (string User, string[] Items) request)
    {
        var batch = new FeatureBatch(extractor.Encoders.Count);
        bool[] given = new bool[extractor.Encoders.Count];
        byte[] user = Encoding.UTF8.GetBytes(request.User);
        extractor.Complete(false, user, extractor.Users?.Find(user) ?? -1, given, batch);
        foreach (string id in request.Items)
        {
            byte[] item = Encoding.UTF8.GetBytes(id);
            extractor.Complete(true, item, extractor.Items?.Find(item) ?? -1, given, batch);
        }

        return batch;
    }
}
