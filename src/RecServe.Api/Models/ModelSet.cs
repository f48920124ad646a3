using RecServe.Api.Problems;

namespace RecServe.Api.Models;

/// <summary>All models a server answers with at one moment. Immutable: a request captures one and never sees half of a change.</summary>
internal sealed class ModelSet
{
    private const int MostNamed = 20;

    private readonly Dictionary<string, ServedModel> _byName;

    /// <summary>Makes a set.</summary>
    /// <param name="models">The models, by name; at least one.</param>
    /// <param name="broken">Packages that are not served.</param>
    /// <param name="defaultModel">Name of the default model; null for the first.</param>
    /// <exception cref="ServingException">The default model is none of the models.</exception>
    public ModelSet(IReadOnlyList<ServedModel> models, IReadOnlyList<BrokenPackage> broken, string? defaultModel)
    {
        Models = models;
        Broken = broken;
        _byName = models.ToDictionary(model => model.Name, StringComparer.Ordinal);
        Default = defaultModel is null ? models[0]
            : _byName.GetValueOrDefault(defaultModel)
            ?? throw new ServingException($"the default model '{defaultModel}' is not served; the models are: {Names(models.Select(m => m.Name))}");
    }

    /// <summary>The models, by name.</summary>
    public IReadOnlyList<ServedModel> Models { get; }

    /// <summary>Packages that are not served.</summary>
    public IReadOnlyList<BrokenPackage> Broken { get; }

    /// <summary>Model of a request that names none.</summary>
    public ServedModel Default { get; }

    /// <summary>A model by name, or null.</summary>
    public ServedModel? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Finds what <c>name</c> or <c>name@version</c> names.</summary>
    /// <returns>Null and the model, or the problem.</returns>
    public Problem? Find(string target, out ServingModel? model)
    {
        int at = target.LastIndexOf('@');
        return Find(at < 0 ? target : target[..at], at < 0 ? null : target[(at + 1)..], out model);
    }

    /// <summary>Finds a model; a null version means the newest.</summary>
    /// <returns>Null and the model, or the problem.</returns>
    public Problem? Find(string name, string? version, out ServingModel? model)
    {
        model = null;
        if (Find(name) is not { } served)
            return new Problem(ProblemTypes.UnknownModel, $"no model '{name}' is served; the models are: {Names(Models.Select(m => m.Name))}");
        model = version is null ? served.Newest : served.Versions.FirstOrDefault(v => v.Version == version);
        if (model is not null)
            return null;
        string loaded = Names(served.Versions.Select(v => v.Version));
        return new Problem(ProblemTypes.UnknownModel, served.NotLoaded.Contains(version!)
            ? $"version '{version}' of model '{name}' is not in memory; the versions that are: {loaded}"
            : $"model '{name}' has no version '{version}'; the versions are: {loaded}");
    }

    private static string Names(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(MostNamed)) + (all.Length > MostNamed ? $" and {all.Length - MostNamed} more" : "");
    }
}
