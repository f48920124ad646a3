using RecServe.Features;

namespace RecServe.Training.Examples;

/// <summary>Which type of event stands for each label of a schema: the one that the task or column is named after; of the first label else a click.</summary>
internal static class LabelTypes
{
    /// <summary>One type a label; null where none is named.</summary>
    public static InteractionType?[] Of(DataSchema schema)
    {
        InteractionType?[] types = schema.Tasks.Count == 0 ? [Of(schema.LabelColumn, schema.LabelColumn)] : [.. schema.Tasks.Select(task => Of(task.Name, task.Column))];
        types[0] ??= InteractionType.Click;
        return types;
    }

    private static InteractionType? Of(string name, string column) =>
        InteractionNames.TryParse(name, plural: false, out InteractionType type) || InteractionNames.TryParse(column, plural: false, out type) ? type : null;
}
