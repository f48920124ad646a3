using RecServe.Api;
using RecServe.LoadGen;

namespace RecServe.Cli.Bench;

/// <summary>What a benchmark asks of a step of load.</summary>
internal static class LoadSteps
{
    /// <summary>The step, if every request was answered well: figures of others say nothing.</summary>
    /// <exception cref="ServingException">One was not; the message has how many and the first answer.</exception>
    public static LoadStep WithoutErrors(this LoadStep step) => step.Errors.Count == 0 ? step
        : throw new ServingException($"of {step.Requests} requests, {string.Join(", ", step.Errors.Select(error => $"{error.Value} × {error.Key}"))} failed: {step.FirstFailure}");
}
