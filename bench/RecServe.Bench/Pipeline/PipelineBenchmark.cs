using BenchmarkDotNet.Attributes;
using RecServe.Api.Rank;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Kernels;
using RecServe.Ranking;

namespace RecServe.Bench;

/// <summary>
/// One request of 500 candidates × 26 fields (20 of the user, 6 of the item), dim 16, ids alone: its gather, its scores and all of it,
/// from the body's bytes to the answer's. The ratio column says which share of a request each is.
/// </summary>
public class PipelineBenchmark
{
    private const int Candidates = 500;

    private readonly RequestScratch _scratch = new();
    private readonly GatherScratch _gather = new();
    private PendingRows[] _pending = [];
    private bool[] _off = [];
    private readonly FeatureBatch[] _batches = new FeatureBatch[16];
    private BenchServer? _server;
    private RequestBodies? _bodies;
    private float[] _user = [], _items = [], _scores = [], _logits = [];
    private int _turn;

    [Params("lr", "mlp", "dcnv2")]
    public string Model { get; set; } = "mlp";

    [GlobalSetup]
    public void Setup()
    {
        var options = new SyntheticOptions { Model = Model };
        _server = new BenchServer(options);
        _bodies = new RequestBodies(options, Candidates);
        ModelLayout layout = _server.Model.Scorer.Layout;
        _user = new float[layout.User.Width];
        _items = new float[Candidates * layout.Item.Width];
        _scores = new float[_server.Model.Scorer.ScratchFloats(Candidates)];
        _logits = new float[Candidates];
        var random = new Random(options.Seed);
        for (int n = 0; n < _batches.Length; n++)
            _batches[n] = Encoded(_server.Model.Extractor, random);
        _pending = new PendingRows[_server.Model.Tables.Count];
        _off = new bool[_server.Model.Tables.Count];
        Gather();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _scratch.Dispose();
        _server?.Dispose();
    }

    [Benchmark]
    public GatherCounts Gather()
    {
        FeatureBatch batch = _batches[_turn++ % _batches.Length];
        return RequestGather.Gather(_server!.Model, batch, _off, _gather, _pending, _user, _items);
    }

    [Benchmark]
    public float Score()
    {
        _server!.Model.Scorer.Score(new RankBatch(_user, _items, Candidates), _scores, _logits);
        return _logits[0];
    }

    [Benchmark(Baseline = true)]
    public object? Pipeline()
    {
        byte[] body = _bodies!.Next(out int length);
        _scratch.ResetOutput();
        return _server!.Pipeline.Rank(body, 0, length, null, 0, _scratch);
    }

    private static FeatureBatch Encoded(FeatureExtractor extractor, Random random)
    {
        var batch = new FeatureBatch(extractor.Encoders.Count);
        var given = new bool[batch.Fields];
        Complete(false, extractor.Users!);
        for (int n = 0; n < Candidates; n++)
            Complete(true, extractor.Items!);
        return batch;

        void Complete(bool item, EntityCatalog catalog)
        {
            int row = random.Next(catalog.Count);
            extractor.Complete(item, catalog.IdOf(row), row, given, batch);
        }
    }
}
