using RecServe.Experiments;

namespace RecServe.Stream.Tests.Experiments;

/// <summary>A server's experiments, as far as the topic's reader knows of them. Variants name models by texts.</summary>
internal sealed class TestTarget : IExperimentTarget
{
    private volatile string[] _models = ["one", "two"];
    private volatile IReadOnlyCollection<PublishedExperiment> _published = [];

    public ExperimentSnapshot File { get; } = ExperimentSnapshot.Empty;

    public object Models => _models;

    /// <summary>How often something was put in force.</summary>
    public int Puts { get; private set; }

    /// <summary>What is in force: key=first variant's model, + where active.</summary>
    public string InForce => string.Join(' ', _published.Select(p => $"{p.Definition.Key}={p.Definition.Variants[0].Value.GetString()}{(p.Definition.IsActive ? "+" : "-")}"));

    public string? Misfit(ExperimentDefinition definition) =>
        definition.Variants.Select(v => v.Value.GetString()).FirstOrDefault(model => !_models.Contains(model)) is { } gone ? $"no model '{gone}'" : null;

    public void Put(IReadOnlyCollection<PublishedExperiment> published)
    {
        _published = published;
        Puts++;
    }

    public void Serve(params string[] models) => _models = models;
}
