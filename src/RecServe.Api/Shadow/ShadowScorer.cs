using RecServe.Api.Events;
using RecServe.Api.Experiments;
using RecServe.Api.Models;
using RecServe.Api.Rank;
using RecServe.Embeddings;
using RecServe.FeatureStore;
using RecServe.Ranking;

namespace RecServe.Api.Shadow;

/// <summary>Scores a request once more with another version: stages 1 and 3 to 6 of the request path, in memory of its own. Not thread-safe.</summary>
internal sealed class ShadowScorer(ServingOptions options, IFeatureStore features, NodeEvents events) : IDisposable
{
    private readonly RequestScratch _scratch = new();

    /// <summary>Logits of the candidates that were ranked, in the order of the request; null where the version cannot take it.</summary>
    public float[]? Score(ShadowSample sample, ServingModel model)
    {
        RankRequest request = _scratch.Request;
        if (RankRequestParser.Parse(sample.Body, 0, sample.Body.Length, options, request) is not null)
            return null;
        _scratch.Index.Build(request, out _);
        int most = request.Items.Count;
        Span<int> memory = _scratch.Ints(2 * most);
        int count = RankPipeline.Candidates(request, _scratch.Index, memory[..most]);
        if (count != sample.Logits.Length)
            return null;
        Span<int> candidates = memory[..count], itemRows = memory.Slice(most, count);
        int userRow = RankPipeline.CatalogRows(request, _scratch.Index, model.Extractor, candidates, itemRows);
        _scratch.Derived.Read(events, model, request, _scratch.Index, candidates, itemRows);
        _scratch.Stored.Find(features, request, candidates);
        bool[] given = _scratch.ResetBatch(model.Extractor.Encoders.Count);

        // What the request itself turns off is among the sample's; a name that only the version that answered has is not for this one.
        request.FieldsOff.Clear();
        FieldSwitches.Mark(request, new ModelChoice(null, null, sample.FieldsOff), model, _scratch.FieldsOff);
        if (new RequestExtraction(request, model, _scratch, given).Run(userRow, candidates, itemRows) is not null)
            return null;

        ModelLayout layout = model.Scorer.Layout;
        int scoring = model.Scorer.ScratchFloats(count);
        Span<float> floats = _scratch.Floats(scoring + layout.User.Width + (count * layout.Item.Width));
        Span<float> user = floats.Slice(scoring, layout.User.Width), items = floats.Slice(scoring + user.Length, count * layout.Item.Width);
        RequestGather.Gather(model, _scratch.Batch, _scratch.FieldsOff, _scratch.Gather, _scratch.Pending(model.Tables.Count), user, items, counted: false);
        if (_scratch.Gather.Missing.Fault is not null)
            return null;
        int outputs = model.Scorer.Outputs;
        var logits = new float[count * outputs];
        model.Scorer.Score(new RankBatch(user, items, count), floats[..scoring], logits);
        return outputs == 1 ? logits : [.. Enumerable.Range(0, count).Select(i => logits[i * outputs])];
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();
}
