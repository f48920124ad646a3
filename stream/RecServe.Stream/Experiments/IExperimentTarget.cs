using RecServe.Experiments;

namespace RecServe.Stream;

/// <summary>Where experiments go that come by themselves: a server's.</summary>
public interface IExperimentTarget
{
    /// <summary>The experiments of the server's file, beside which they stand.</summary>
    ExperimentSnapshot File { get; }

    /// <summary>The models that are served now: another object whenever <see cref="Misfit"/> may answer otherwise than before.</summary>
    object Models { get; }

    /// <summary>Why a definition cannot be served now, or null: a variant names a model that is not there.</summary>
    string? Misfit(ExperimentDefinition definition);

    /// <summary>Puts definitions in force in place of those before: requests that begin after the call follow them.</summary>
    void Put(IReadOnlyCollection<PublishedExperiment> published);
}
