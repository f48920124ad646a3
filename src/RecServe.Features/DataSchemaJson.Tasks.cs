using System.Text.Json;

namespace RecServe.Features;

public static partial class DataSchemaJson
{
    private static List<TaskSchema> ReadTasks(SchemaMember root, SchemaMember tasks)
    {
        if (root.Optional("label") is { } label)
            throw label.Error("stands beside 'tasks'; give one of them");
        var read = new List<TaskSchema>();
        foreach (SchemaMember entry in tasks.Array(SchemaLimits.Tasks))
        {
            SchemaMember task = entry.Object("name", "column", "at_least", "loss_weight", "rank_weight");
            string name = task.Required("name").Name();
            if (read.Exists(one => one.Name == name))
                throw task.Required("name").Error($"task '{name}' stands twice");
            read.Add(new TaskSchema
            {
                Name = name,
                Column = task.Required("column").Name(),
                AtLeast = task.Optional("at_least")?.Number(),
                LossWeight = Weight(task.Optional("loss_weight"), least: 1e-6),
                RankWeight = Weight(task.Optional("rank_weight"), least: 0),
            });
        }

        if (read.Count == 0)
            throw tasks.Error("is empty; name at least one task");
        return read.Sum(task => task.RankWeight) > 0 ? read : throw tasks.Error("every rank_weight is 0: there would be nothing to rank by");
    }

    private static double Weight(SchemaMember? member, double least)
    {
        double weight = member?.Number() ?? 1;
        return weight >= least && weight <= SchemaLimits.TaskWeight ? weight
            : throw member!.Value.Error(FormattableString.Invariant($"is {weight}, expected {least} to {SchemaLimits.TaskWeight}"));
    }

    private static void WriteTasks(Utf8JsonWriter json, DataSchema schema)
    {
        json.WriteStartArray("tasks");
        foreach (TaskSchema task in schema.Tasks)
        {
            json.WriteStartObject();
            json.WriteString("name", task.Name);
            json.WriteString("column", task.Column);
            if (task.AtLeast is { } atLeast)
                json.WriteNumber("at_least", atLeast);
            json.WriteNumber("loss_weight", task.LossWeight);
            json.WriteNumber("rank_weight", task.RankWeight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
