using RecServe.Training.Data;

namespace RecServe.Training;

/// <summary>Refuses data on which training or early stopping has no meaning.</summary>
internal static class TrainingDataChecks
{
    /// <summary>Checks that there are samples with labels of every task, and both labels where they are needed.</summary>
    public static void Check(TrainingData data)
    {
        Samples("training", data.Train);
        Samples("validation", data.Valid);
        Samples("test", data.Test);
        int tasks = Math.Max(1, data.Schema.Tasks.Count);
        foreach ((string part, Dataset samples) in ((string, Dataset)[])[("training", data.Train), ("validation", data.Valid), ("test", data.Test)])
        {
            if (samples.Tasks != tasks)
                throw new TrainingException($"the schema has {tasks} task{(tasks > 1 ? "s" : "")}, the {part} samples have labels of {samples.Tasks}");
        }

        BothLabels("training", data, data.Train, "there is nothing to learn");
        BothLabels("validation", data, data.Valid, "its AUC, which chooses the best epoch, is not defined");
        for (int f = 0; f < data.Vocabularies.Count; f++)
        {
            if (data.Vocabularies[f].Keys.Length == 0)
                throw new TrainingException($"field '{data.Encoders[f].Field.Name}' has no value in the training samples");
        }
    }

    private static void Samples(string part, Dataset data)
    {
        if (data.Samples == 0)
            throw new TrainingException($"there are no {part} samples");
    }

    private static void BothLabels(string part, TrainingData all, Dataset data, string consequence)
    {
        for (int task = 0; task < data.Tasks; task++)
        {
            float[] known = [.. data.LabelsOf(task).Where(label => !float.IsNaN(label))];
            bool hasPositive = Array.Exists(known, label => label > 0.5f), hasNegative = Array.Exists(known, label => label <= 0.5f);
            if (hasPositive && hasNegative)
                continue;
            string of = data.Tasks > 1 ? $" of task '{all.Schema.Tasks[task].Name}'" : "";
            throw new TrainingException($"all {known.Length:N0} {part} samples{of} have label {(hasPositive ? 1 : 0)}: {consequence}");
        }
    }
}
