using RecServe.Training.Data;
using RecServe.Training.Metrics;

namespace RecServe.Training.Baselines;

/// <summary>The baselines, measured on the test samples.</summary>
public static class BaselineScores
{
    /// <summary>Samples of overall share that a user's or item's mean is smoothed with.</summary>
    public const double Smoothing = 5;

    /// <summary>
    /// <c>item_count</c> (an item's training samples) and <c>user_item_mean</c> (a user's plus an item's smoothed share of positives).
    /// Empty where the schema's user or item is not a single-valued field of the model.
    /// </summary>
    public static IReadOnlyList<Baseline> Compute(TrainingData data)
    {
        int user = FieldOf(data, data.Schema.User), item = FieldOf(data, data.Schema.Item);
        if (user < 0 || item < 0)
            return [];
        var users = new EntityRates(data.Train, user, data.Vocabularies[user].Keys.Length);
        var items = new EntityRates(data.Train, item, data.Vocabularies[item].Keys.Length);
        int[] userRows = data.Test.Columns[user].Rows, itemRows = data.Test.Columns[item].Rows;
        return
        [
            Measure("item_count", data.Test, s => items.Count(itemRows[s])),
            Measure("user_item_mean", data.Test, s => users.Rate(userRows[s], Smoothing) + items.Rate(itemRows[s], Smoothing)),
        ];
    }

    private static int FieldOf(TrainingData data, string? name)
    {
        for (int f = 0; f < data.Encoders.Count; f++)
        {
            if (data.Encoders[f].Field.Name == name && data.Train.Columns[f] is { Offsets: null, Weights: null } && data.Test.Columns[f].Offsets is null)
                return f;
        }

        return -1;
    }

    private static Baseline Measure(string name, Dataset test, Func<int, double> score)
    {
        float[] scores = [.. Enumerable.Range(0, test.Samples).Select(s => (float)score(s))];
        return new Baseline(name, RocCurve.Auc(scores, test.Labels, test.Weights), RocCurve.GroupedAuc(scores, test.Labels, test.Weights, test.Users));
    }
}
