using Microsoft.Extensions.Logging;

namespace RecServe.Api.Telemetry;

/// <summary>Every line the server logs. Nothing is logged per ranking, and never a feature value, an id or a request body.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "model {Model} version {Version}: {Kind}, {Fields} fields, {Rows} rows, {Items} known items")]
    public static partial void ModelLoaded(this ILogger log, string model, string version, string kind, int fields, long rows, int items);

    [LoggerMessage(2, LogLevel.Error, "package {Package} is not served: {Reason}")]
    public static partial void PackageBroken(this ILogger log, string package, string reason);

    [LoggerMessage(3, LogLevel.Information, "experiment {Experiment}: {Variants}")]
    public static partial void ExperimentLoaded(this ILogger log, string experiment, string variants);

    [LoggerMessage(4, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger log, Exception failure, string method, string path);

    [LoggerMessage(5, LogLevel.Error, "exposures can no longer be written to {File}: {Reason}; they are dropped and counted")]
    public static partial void ExposureFileFailed(this ILogger log, string file, string reason);

    [LoggerMessage(6, LogLevel.Information, "stopping: not ready any more, finishing the requests in flight")]
    public static partial void Draining(this ILogger log);
}
