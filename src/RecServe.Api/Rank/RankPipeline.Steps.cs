using RecServe.Api.Experiments;
using RecServe.Api.Feedback;
using RecServe.Api.Models;
using RecServe.Api.Problems;
using RecServe.Features;

namespace RecServe.Api.Rank;

internal sealed partial class RankPipeline
{
    private const string NotDegraded = "none", Stale = "stale";

    /// <summary>No problem yet: the request asks for an update that is not applied. Whoever called waits with <see cref="WaitAsync"/> and calls again.</summary>
    public static readonly Problem Waiting = new(ProblemTypes.NotFresh, "waiting");

    /// <summary>Waits until the update that a request asks for is applied, or its deadline has passed.</summary>
    public Task WaitAsync(RankRequest request, long arrived, CancellationToken cancellation)
    {
        double limit = request.DeadlineMs > 0 ? request.DeadlineMs : options.ReadAfterWaitMs;
        TimeSpan left = TimeSpan.FromMilliseconds(limit) - time.GetElapsedTime(arrived);
        return left > TimeSpan.Zero ? readAfter.WaitAsync(request.ReadAfter!, left, cancellation) : Task.CompletedTask;
    }

    private Problem NotFresh(RankRequest request)
    {
        string applied = readAfter.Applied.ToString();
        return Problem.At(ProblemTypes.NotFresh, "read_after", $"is {request.ReadAfter}, and this server has applied {(applied.Length > 0 ? applied : "nothing yet")}");
    }

    private static Problem Late(RankRequest request) =>
        new(ProblemTypes.DeadlineExceeded, $"the ranking was not ready within deadline_ms = {request.DeadlineMs}", "deadline_ms", "passed before the ranking was ready");

    private static Problem? Duplicate(RankRequest request, CandidateIndex index)
    {
        int item = index.Build(request, out int earlier);
        return item < 0 ? null : Problem.At(ProblemTypes.InvalidRequest, $"items[{item}].id", $"is '{request.Text(request.Items[item].Id)}', as items[{earlier}].id already is");
    }

    /// <summary>Takes the body's <c>model</c> where the route names none; they may agree, not differ.</summary>
    private static Problem? TakeModel(RankRequest request, ref string? target)
    {
        string named = request.Text(request.Model);
        if (target is not null && target != named)
            return Problem.At(ProblemTypes.InvalidRequest, "model", $"is '{named}', the path names '{target}'");
        target = named;
        return null;
    }

    private static Problem? NoOverrides(RankRequest request) => request.Overrides.Count == 0 ? null
        : Problem.At(ProblemTypes.InvalidRequest, "overrides.experiments", "cannot be followed: the request names a model, so that no experiment applies");

    /// <summary>The model that the request names, else the one that a feature of the experiments names, else the default.</summary>
    private Problem? ChooseModel(ModelSet models, string? target, ModelChoice choice, ref string degraded, out ServingModel? model)
    {
        if (target is not null)
            return models.Find(target, out model);
        if (choice.Model is null || models.Find(choice.Model, choice.Version, out model) is not null)
        {
            model = models.Default.Newest;
            if (choice.Model is not null)
            {
                // Variants are checked when the file is loaded; a default or forced value may still name a model that is not there.
                degraded = "model_missing";
                metrics.Degraded(degraded);
            }
        }

        return null;
    }

    /// <summary>Lists the candidates that are not excluded, in the order of the request.</summary>
    internal static int Candidates(RankRequest request, CandidateIndex index, Span<int> candidates)
    {
        for (int i = 0; i < candidates.Length; i++)
            candidates[i] = i;
        if (request.Exclude.Count == 0)
            return candidates.Length;
        foreach (TextSlice id in request.Exclude.Span)
        {
            int excluded = index.Find(request, request.Utf8(id));
            if (excluded >= 0)
                candidates[excluded] = -1;
        }

        int count = 0;
        foreach (int candidate in candidates)
        {
            if (candidate >= 0)
                candidates[count++] = candidate;
        }

        return count;
    }

    /// <summary>Looks up the candidates' rows among the package's items; returns the user's among its users, or −1.</summary>
    internal static int CatalogRows(RankRequest request, CandidateIndex index, FeatureExtractor extractor, ReadOnlySpan<int> candidates, Span<int> itemRows)
    {
        if (extractor.Items is { } items)
            ItemRows(request, index, items, candidates, itemRows);
        else
            itemRows.Fill(-1);
        return request.UserId.IsPresent && extractor.Users is { } users ? users.Find(request.Utf8(request.UserId)) : -1;
    }

    private static void ItemRows(RankRequest request, CandidateIndex index, EntityCatalog items, ReadOnlySpan<int> candidates, Span<int> itemRows)
    {
        for (int i = 0; i < candidates.Length; i++)
            itemRows[i] = items.Likely(index.HashOf(candidates[i]));
        for (int i = 0; i < candidates.Length; i++)
        {
            ReadOnlySpan<byte> id = request.Utf8(request.Items[candidates[i]].Id);
            if (itemRows[i] >= 0 && !items.IdOf(itemRows[i]).SequenceEqual(id))
                itemRows[i] = items.Find(id);
        }
    }

    private static Problem? NotFinite(ReadOnlySpan<float> logits, int outputs, ReadOnlySpan<int> candidates)
    {
        for (int i = 0; i < logits.Length; i++)
        {
            if (!float.IsFinite(logits[i]))
                return Problem.At(ProblemTypes.NotFinite, $"items[{candidates[i / outputs]}]", "has no finite score: a number in its features, the user's or the context's is too large for the model");
        }

        return null;
    }

    private static VariantTally[] Tallies(ReadOnlySpan<Assignment> assignments)
    {
        int counted = 0;
        foreach (Assignment assignment in assignments)
            counted += assignment.Forced ? 0 : 1;
        if (counted == 1 && assignments.Length == 1)
            return assignments[0].Variant.Tally;
        if (counted == 0)
            return [];
        var tallies = new VariantTally[counted];
        foreach (Assignment assignment in assignments)
        {
            if (!assignment.Forced)
                tallies[--counted] = assignment.Variant.Tally[0];
        }

        return tallies;
    }

    /// <summary>Explains the items that will be returned.</summary>
    private Problem? Explain(ServingModel model, ReadOnlySpan<float> user, ReadOnlySpan<float> items, ReadOnlySpan<int> top, RequestScratch scratch)
    {
        if (top.Length > options.MaxExplainedItems)
        {
            return Problem.At(ProblemTypes.OverLimit, "explain",
                $"would explain {top.Length} items, the limit is {options.MaxExplainedItems}: ask for k of at most that");
        }

        int width = model.Scorer.Layout.Item.Width;
        scratch.Explanations.Clear();
        foreach (int candidate in top)
            scratch.Explanations.Add(model.Explainer.Explain(user, items.Slice(candidate * width, width)));
        return null;
    }
}
