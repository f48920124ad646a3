using RecServe.Api.Problems;
using RecServe.Api.Updates;
using RecServe.FeatureStore;
using RecServe.Stream;

namespace RecServe.Api.FeatureRows;

/// <summary>The way of feature rows that come over HTTP: into this server's store, or, where there is Kafka, to the topic by which every replica gets them.</summary>
internal sealed class FeatureWrites(NodeFeatures features, NodeUpdates updates, ServingOptions options)
{
    private static readonly TimeSpan LongestPublish = TimeSpan.FromSeconds(5);

    /// <summary>Writes rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="outcomes">Takes what became of each; with Kafka, what this server expects of them by the rows that it has.</param>
    /// <param name="releasedBy">Who lets them in unjudged; empty for nobody.</param>
    /// <param name="aborted">When the client has gone.</param>
    /// <returns>What went wrong, or the token of the messages and whether all of them are visible; a null token without Kafka, where they are.</returns>
    public async Task<(Problem? Problem, FreshnessToken? Token, bool IsVisible)> WriteAsync(FeatureRow[] rows, FeatureOutcome[] outcomes, string releasedBy, CancellationToken aborted)
    {
        try
        {
            if (updates.Features is null)
            {
                features.Apply(rows, outcomes);
                return (null, null, true);
            }

            Expect(rows, outcomes);
            using var late = CancellationTokenSource.CreateLinkedTokenSource(aborted);
            late.CancelAfter(LongestPublish);
            FreshnessPlace[] places = await Task.WhenAll(rows.Where((_, i) => outcomes[i] == FeatureOutcome.Applied).Select(row => updates.PublishAsync(row, releasedBy, late.Token)));
            var token = new FreshnessToken([.. places.GroupBy(place => place.Partition).Select(partition => partition.MaxBy(place => place.Offset)).OrderBy(place => place.Partition)]);
            return (null, token, await updates.WaitAsync(token, TimeSpan.FromMilliseconds(options.ReadAfterWaitMs), aborted));
        }
        catch (IOException failure)
        {
            return (new Problem(ProblemTypes.NotTaken, failure.Message), null, false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return (new Problem(ProblemTypes.NotTaken, $"the topic of features took nothing for {LongestPublish.TotalSeconds:0} s; the message may still get there, and sending it again does no harm"), null, false);
        }
    }

    /// <summary>A row that is not newer than what is here would be passed over by every replica: it need not be sent.</summary>
    private void Expect(FeatureRow[] rows, FeatureOutcome[] outcomes)
    {
        for (int i = 0; i < rows.Length; i++)
            outcomes[i] = features.Store.FindOne(rows[i].Entity, rows[i].Id) is { } before && rows[i].Version <= before.Version ? FeatureOutcome.Stale : FeatureOutcome.Applied;
    }
}
