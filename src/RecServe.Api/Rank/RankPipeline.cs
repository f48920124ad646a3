using RecServe.Api.Events;
using RecServe.Api.Experiments;
using RecServe.Api.FeatureRows;
using RecServe.Api.Feedback;
using RecServe.Api.Models;
using RecServe.Api.Problems;
using RecServe.Api.Shadow;
using RecServe.Api.Telemetry;
using RecServe.Api.Updates;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Kernels;
using RecServe.Ranking;

namespace RecServe.Api.Rank;

/// <summary>
/// The request path: bytes in, ranked items out. Every stage takes what the stage before it made and snapshots that are captured once, so
/// that no request sees half of a change. The outcome is an answer or a <see cref="Problem"/>; an exception is a bug.
/// </summary>
internal sealed partial class RankPipeline(ModelRegistry registry, ExperimentSet experiments, FeedbackStore feedback, ExposureLog exposures,
    NodeUpdates updates, NodeFeatures features, NodeEvents events, ReadAfter readAfter, ShadowSampler shadow, ServingMetrics metrics, ServingOptions options, TimeProvider time)
{
    /// <summary>Answers one rank request.</summary>
    /// <param name="body">Holds the request; texts in it are unescaped in place.</param>
    /// <param name="start">First byte of the request.</param>
    /// <param name="length">Bytes of the request.</param>
    /// <param name="route">Model that the route names, as <c>name</c> or <c>name@version</c>; null for none.</param>
    /// <param name="arrived">Timestamp of the request's arrival; the deadline counts from it.</param>
    /// <param name="scratch">Memory of all stages; takes the answer.</param>
    /// <param name="inBatch">Whether the answer is one element of a batch, whose object the caller has opened.</param>
    /// <param name="waited">Whether the request was parsed before, answered <see cref="Waiting"/> and has waited since.</param>
    /// <returns>Null with the answer in <paramref name="scratch"/>, or the problem with nothing written.</returns>
    public Problem? Rank(byte[] body, int start, int length, string? route, long arrived, RequestScratch scratch, bool inBatch = false, bool waited = false)
    {
        var clock = new StageClock(time, arrived, stackalloc long[StageClock.Stages]);
        ModelSet models = registry.Current;
        ServingModel? model = null;
        Problem? problem = Run(body, start, length, route, models, scratch, inBatch, waited, ref clock, ref model);
        if (problem == Waiting)
            return problem;
        string label = model?.Name ?? ServingMetrics.NoModel;
        clock.Report(metrics, label);
        metrics.Request(label, problem?.Type.Status ?? 200);
        return problem;
    }

    /// <summary>Counts a request that was refused before it could be parsed.</summary>
    public void CountRefused(Problem problem) => metrics.Request(ServingMetrics.NoModel, problem.Type.Status);

    private Problem? Run(byte[] body, int start, int length, string? route, ModelSet models, RequestScratch scratch, bool inBatch, bool waited,
        ref StageClock clock, ref ServingModel? model)
    {
        RankRequest request = scratch.Request;
        ShadowSample? sample = waited ? null : shadow.Take(body.AsSpan(start, length));

        // 1. Parse and validate. From here on nothing can be malformed, over a limit or a duplicate. Texts are unescaped in place, so nothing is parsed twice.
        if (!waited && RankRequestParser.Parse(body, start, length, options, request) is { } malformed)
            return malformed;
        if (!waited && Duplicate(request, scratch.Index) is { } duplicate)
            return duplicate;
        clock.SetDeadline(request.DeadlineMs);
        if (request.ReadAfter is { } token && !readAfter.HasReached(token))
            return waited ? NotFresh(request) : Waiting;

        // How fresh the rows are is asked before they are gathered: the answer may reflect more than it says, not less.
        Freshness freshness = updates.Freshness(exactly: request.ReadAfter is not null);
        if (clock.EndsLate(RankStage.Parse))
            return Late(request);

        // 2. Assign the user's variants; they choose the model unless the request names one. Then no experiment applies: its answer would not
        //    be the variant's.
        scratch.Assignments.Clear();
        string? target = route;
        if (request.Model.IsPresent && TakeModel(request, ref target) is { } contradiction)
            return contradiction;
        ModelChoice choice = default;
        string degraded = NotDegraded;
        Problem? unassigned = target is null ? experiments.Assign(request, scratch.Assignments, out choice) : NoOverrides(request);
        if (unassigned is not null)
            return unassigned;
        if (ChooseModel(models, target, choice, ref degraded, out model) is { } unknown)
            return unknown;
        if (clock.EndsLate(RankStage.Assign))
            return Late(request);

        // 3. Look up the features that are stored, in one go, and the rows of the package's catalogs. Excluded candidates leave here, before they cost anything.
        FeatureExtractor extractor = model!.Extractor;
        int most = request.Items.Count;
        Span<int> memory = scratch.Ints(3 * most);
        int count = Candidates(request, scratch.Index, memory[..most]);
        ReadOnlySpan<int> candidates = memory[..count];
        Span<int> itemRows = memory.Slice(most, count);
        int userRow = CatalogRows(request, scratch.Index, extractor, candidates, itemRows);
        scratch.Derived.Read(events, model, request, scratch.Index, candidates, itemRows);
        scratch.Stored.Find(features.Store, request, candidates);
        if (scratch.Stored.Fault is { } lost)
        {
            degraded = lost;
            metrics.Degraded(lost);
        }

        if (clock.EndsLate(RankStage.Features))
            return Late(request);

        // 4. Encode: user and context once, items per candidate.
        bool[] given = scratch.ResetBatch(extractor.Encoders.Count);
        if (FieldSwitches.Mark(request, choice, model, scratch.FieldsOff) is { } noField)
            return noField;
        if (new RequestExtraction(request, model, scratch, given).Run(userRow, candidates, itemRows) is { } misfit)
            return misfit;
        features.Asked.Add(scratch.Stored);
        if (clock.EndsLate(RankStage.Extract))
            return Late(request);

        // 5. Gather the rows: the user's vector once, one vector a candidate.
        ModelLayout layout = model.Scorer.Layout;
        int scoring = model.Scorer.ScratchFloats(count);
        int outputs = model.Scorer.Outputs;
        Span<float> floats = scratch.Floats(scoring + layout.User.Width + (count * (layout.Item.Width + outputs + 1)));
        Span<float> user = floats.Slice(scoring, layout.User.Width), items = floats.Slice(scoring + user.Length, count * layout.Item.Width);
        Span<float> scored = floats.Slice(floats.Length - (count * (outputs + 1)), count * outputs), logits = outputs == 1 ? scored : floats[^count..];
        GatherCounts rows = RequestGather.Gather(model, scratch.Batch, scratch.FieldsOff, scratch.Gather, scratch.Pending(model.Tables.Count), user, items);
        if (scratch.Gather.Missing.Fault is { } fault)
        {
            // A tier below could not be asked: rows that it may have were answered by the default row.
            degraded = fault;
            metrics.Degraded(fault);
        }

        if (clock.EndsLate(RankStage.Gather))
            return Late(request);

        // 6. Score: what depends on the user alone is computed once.
        model.Scorer.Score(new RankBatch(user, items, count), floats[..scoring], scored);
        for (int i = 0; outputs > 1 && i < count; i++)
            logits[i] = scored[i * outputs];
        if (NotFinite(scored, outputs, candidates) is { } overflow)
            return overflow;
        if (clock.EndsLate(RankStage.Score))
            return Late(request);

        // 7. Rank: the best k, equal scores in the order of the request.
        Span<int> top = memory.Slice(2 * most, Math.Min(request.K > 0 ? request.K : options.MaxK, count));
        TopK.Select(logits, top);
        if (request.Explain && Explain(model, user, items, top, scratch) is { } tooMany)
            return tooMany;
        if (clock.EndsLate(RankStage.Rank))
            return Late(request);

        // 8. Answer; tell feedback and exposures which variants it belongs to.
        if (freshness.StalenessMs > request.MaxStalenessMs)
        {
            metrics.Degraded(Stale);
            degraded = degraded == NotDegraded ? Stale : degraded;
        }

        var ranking = new RankResult(RankingId.New(time), model, candidates, logits, scored, top, rows, degraded, freshness);
        feedback.AddRanking(ranking.Id, Tallies(scratch.Assignments.Span), top.Length, events.Wants ? request.Text(request.UserId) : null);
        exposures.Append(request, ranking, scratch.Assignments.Span);
        RankResponseWriter.Write(scratch, ranking, clock.ElapsedMs, inBatch);
        clock.EndsLate(RankStage.Write);
        if (sample is not null)
            shadow.Offer(sample, ranking, scratch.FieldsOff);
        return null;
    }
}
