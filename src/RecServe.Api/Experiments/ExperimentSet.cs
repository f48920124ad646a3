using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RecServe.Api.Feedback;
using RecServe.Api.Models;
using RecServe.Api.Problems;
using RecServe.Api.Rank;
using RecServe.Api.Telemetry;
using RecServe.Experiments;
using RecServe.Stream;

namespace RecServe.Api.Experiments;

/// <summary>The experiments of a server: one immutable snapshot of the file and of the definitions that came since, and a tally for every variant.</summary>
internal sealed class ExperimentSet : IExperimentTarget
{
    private readonly ModelRegistry _registry;
    private readonly FeedbackStore _feedback;
    private readonly ConcurrentDictionary<(string Experiment, string Variant), ServedVariant> _variants = new();

    private volatile ExperimentSnapshot _snapshot;

    private ExperimentSet(ExperimentSnapshot file, ModelRegistry registry, FeedbackStore feedback)
    {
        (File, _snapshot, _registry, _feedback) = (file, file, registry, feedback);
        CountVariants(file);
    }

    /// <summary>What the file says.</summary>
    public ExperimentSnapshot File { get; }

    /// <summary>What requests that begin now follow.</summary>
    public ExperimentSnapshot Snapshot => _snapshot;

    /// <inheritdoc/>
    public object Models => _registry.Current;

    /// <summary>Reads the file; null means no experiments.</summary>
    /// <exception cref="ServingException">The file cannot be read or used, or a variant names a model that is not served.</exception>
    public static ExperimentSet Load(string? file, ModelRegistry registry, FeedbackStore feedback, ILogger log)
    {
        if (file is null)
            return new ExperimentSet(ExperimentSnapshot.Empty, registry, feedback);
        ExperimentSnapshot snapshot;
        try
        {
            if (new FileInfo(file).Length > ExperimentLimits.FileBytes)
                throw new ServingException($"the experiment file {file} is longer than {ExperimentLimits.FileBytes} bytes, the limit");
            snapshot = ExperimentFile.Parse(System.IO.File.ReadAllBytes(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ExperimentFileException)
        {
            throw new ServingException($"the experiment file {file} cannot be used: {failure.Message}", failure);
        }

        foreach (ExperimentDefinition experiment in snapshot.Experiments)
        {
            if (Misfit(experiment, registry.Current) is { } reason)
                throw new ServingException($"the experiment file {file} cannot be used: experiment '{experiment.Key}', {reason}");

            log.ExperimentLoaded(experiment.Key, string.Join(", ", experiment.Variants.Select(v => $"{v.Key} {v.Propensity:P0}")));
        }

        return new ExperimentSet(snapshot, registry, feedback);
    }

    /// <inheritdoc/>
    public string? Misfit(ExperimentDefinition definition) => Misfit(definition, _registry.Current);

    /// <inheritdoc/>
    public void Put(IReadOnlyCollection<PublishedExperiment> published)
    {
        ExperimentSnapshot snapshot = File.With(published);
        CountVariants(snapshot);
        _snapshot = snapshot;
    }

    /// <summary>Stage 2: the request's variants, and what the features' values say of the model.</summary>
    /// <returns>Null, or why an override cannot be followed.</returns>
    public Problem? Assign(RankRequest request, ReusableList<Assignment> assignments, out ModelChoice choice)
    {
        choice = default;
        ExperimentSnapshot snapshot = _snapshot;
        if (Overrides(request, snapshot, out Dictionary<string, string>? overrides) is { } problem)
            return problem;
        if (snapshot == ExperimentSnapshot.Empty)
            return null;
        Assignments assigned = Assigner.Assign(snapshot, new RequestAttributes(request), overrides);
        foreach (ExperimentAssignment one in assigned.Experiments)
            assignments.Add(new Assignment(Served(one.Key, one.VariantKey), one.Propensity, one.Forced));
        foreach (FeatureAssignment feature in assigned.Features)
        {
            choice = choice.And(ModelChoice.Of(feature.Value));
        }

        return null;
    }

    /// <summary>Why a variant of an experiment cannot be served, or null.</summary>
    private static string? Misfit(ExperimentDefinition experiment, ModelSet models) =>
        experiment.Variants.Select(variant => Misfit(variant, models) is { } reason ? $"variant '{variant.Key}': {reason}" : null).FirstOrDefault(reason => reason is not null);

    /// <summary>Why a variant cannot be served, or null. A field that a compressed version has no more is still one of the model's other versions, so any version's will do.</summary>
    private static string? Misfit(ExperimentVariant variant, ModelSet models)
    {
        if (ModelChoice.Misfit(variant.Value) is { } reason)
            return reason;
        ModelChoice choice = ModelChoice.Of(variant.Value);
        if (choice.Model is not null && models.Find(choice.Model, choice.Version, out _) is { } unknown)
            return unknown.Detail;
        ServedModel served = (choice.Model is null ? null : models.Find(choice.Model)) ?? models.Default;
        string? missing = choice.FieldsOff?.FirstOrDefault(name => !served.Versions.Any(version => version.FieldNames.Contains(name)));
        return missing is null ? null : $"fields_off names '{missing}', which is no field of model '{served.Name}'";
    }

    private static Problem? Overrides(RankRequest request, ExperimentSnapshot snapshot, out Dictionary<string, string>? overrides)
    {
        overrides = null;
        foreach (VariantOverride wanted in request.Overrides.Span)
        {
            string experiment = request.Text(wanted.Experiment), variant = request.Text(wanted.Variant);
            if (snapshot.Find(experiment) is not { } definition)
                return Problem.At(ProblemTypes.InvalidRequest, $"overrides.experiments.{experiment}", "is no experiment of this server");
            if (definition.IndexOf(variant) < 0)
            {
                return Problem.At(ProblemTypes.InvalidRequest, $"overrides.experiments.{experiment}",
                    $"is '{variant}', not one of its variants {string.Join(", ", definition.Variants.Select(v => v.Key))}");
            }

            (overrides ??= [])[experiment] = variant;
        }

        return null;
    }

    private void CountVariants(ExperimentSnapshot snapshot)
    {
        foreach (ExperimentDefinition experiment in snapshot.Experiments)
        {
            foreach (ExperimentVariant variant in experiment.Variants)
                Served(experiment.Key, variant.Key);
        }
    }

    private ServedVariant Served(string experiment, string variant) =>
        _variants.GetOrAdd((experiment, variant), static (key, feedback) => new ServedVariant(key.Experiment, key.Variant, [feedback.TallyOf(key.Experiment, key.Variant)]), _feedback);
}
