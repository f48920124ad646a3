namespace RecServe.Artifacts;

/// <summary>One of the tasks of a model that has several.</summary>
/// <param name="Name">Name of the task in the schema.</param>
/// <param name="RankWeight">Share of its probability in what candidates are ranked by: Σ weight · p / Σ weight.</param>
public sealed record PackageTask(string Name, double RankWeight);
