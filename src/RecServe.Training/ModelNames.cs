namespace RecServe.Training;

/// <summary>The names of <see cref="ModelKind"/> on the command line.</summary>
public static class ModelNames
{
    /// <summary>Every name, in the order of <see cref="ModelKind"/>.</summary>
    public static IReadOnlyList<string> All { get; } = ["lr", "fm", "mlp", "deepfm", "dcnv2", "dcnv2-stacked", "mmoe", "ple", "moe"];

    /// <summary>Name of a kind.</summary>
    public static string Of(ModelKind kind) => All[(int)kind];

    /// <summary>Kind of a name.</summary>
    /// <exception cref="TrainingException">No model has that name.</exception>
    public static ModelKind Parse(string name)
    {
        for (int i = 0; i < All.Count; i++)
        {
            if (All[i] == name)
                return (ModelKind)i;
        }

        throw new TrainingException($"there is no model '{name}'; the models are {string.Join(", ", All)}");
    }
}
