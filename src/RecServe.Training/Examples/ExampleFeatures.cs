using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Examples;

/// <summary>The derived fields of examples as they were just before each: numbers, and lists of items.</summary>
internal sealed class ExampleFeatures
{
    private readonly double[][] _numbers;
    private readonly ulong[][][] _lists;

    /// <summary>Goes through the events once, reading each example's features at its time.</summary>
    /// <param name="fields">The derived fields.</param>
    /// <param name="examples">The examples, in any order.</param>
    /// <param name="events">Every event that counts.</param>
    /// <param name="categories">Items' categories.</param>
    /// <param name="state">The state of the fields' features, without events.</param>
    /// <exception cref="DataFileException">There are more users, items or pairs than the state takes.</exception>
    public ExampleFeatures(IReadOnlyList<FieldSchema> fields, IReadOnlyList<Example> examples, IEnumerable<InteractionEvent> events, ItemCategories categories, EventFeatures state)
    {
        _numbers = [.. fields.Select(field => field.From!.IsList ? [] : new double[examples.Count])];
        _lists = [.. fields.Select(field => field.From!.IsList ? new ulong[examples.Count][] : [])];
        int[] features = [.. fields.Select(field => state.IndexOf(field.From!))];
        int[] category = [.. fields.Select(field => state.Categories.ToList().IndexOf(field.From!.Category))];
        var replay = new PointInTime(state, events, item => categories.Of(item));
        ulong[] items = new ulong[EventLimits.History];
        foreach (int at in Enumerable.Range(0, examples.Count).OrderBy(at => examples[at].Time))
        {
            Example example = examples[at];
            replay.AdvanceTo(example.Time);
            for (int field = 0; field < features.Length; field++)
            {
                EventSubject subject = example.Subject with { Category = category[field] < 0 ? 0 : categories.Of(example.Subject.Item)[category[field]] };
                if (fields[field].From!.IsList)
                    _lists[field][at] = items[..state.ReadItems(features[field], subject.User, example.Time, items)];
                else
                    _numbers[field][at] = state.TryRead(features[field], subject, example.Time, out double value) ? value : double.NaN;
            }
        }

        if (state.Untaken > 0)
            throw new DataFileException($"more users, items, or pairs of user and category are active at once than are counted ({state.Untaken:N0} events were not); raise --max-entities");
    }

    /// <summary>A number, NaN for none.</summary>
    public double Number(int field, int example) => _numbers[field][example];

    /// <summary>Hashes of a list's items, newest first.</summary>
    public ReadOnlySpan<ulong> Items(int field, int example) => _lists[field][example];
}
