using Microsoft.Extensions.Logging;

namespace RecServe.Api.Telemetry;

/// <summary>Every line the server logs. Nothing is logged per ranking, and never a feature value, an id or a request body.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(20, LogLevel.Information, "events are counted from the start of their log: {Reason}")]
    public static partial void EventsFromStart(this ILogger log, string reason);

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

    [LoggerMessage(7, LogLevel.Information, "loading model {Model} version {Version}: {Rows} rows take up to {ResidentMb} MB of process memory, and {ReadingMb} MB more while they are read")]
    public static partial void ModelLoading(this ILogger log, string model, string version, long rows, long residentMb, long readingMb);

    [LoggerMessage(8, LogLevel.Information, "model {Model} version {Version}: table {Table} is ready ({Done} of {Tables}), {Rows} rows{Shared}")]
    public static partial void TableLoaded(this ILogger log, string model, string version, string table, int done, int tables, long rows, string shared);

    [LoggerMessage(9, LogLevel.Information, "store {Directory}: {Rows} rows, checkpoint {Checkpoint}")]
    public static partial void StoreOpened(this ILogger log, string directory, long rows, long checkpoint);

    [LoggerMessage(10, LogLevel.Warning, "store: {Warning}")]
    public static partial void StoreWarning(this ILogger log, string warning);

    [LoggerMessage(11, LogLevel.Error, "the store could not be checkpointed: {Reason}; the checkpoint before stays good, and the next turn tries again")]
    public static partial void CheckpointFailed(this ILogger log, string reason);

    [LoggerMessage(12, LogLevel.Information, "the models folder changed; served now: {Models}")]
    public static partial void ModelsChanged(this ILogger log, string models);

    [LoggerMessage(13, LogLevel.Information, "Redis had {Rows} rows of the served tables, {Newer} of them newer than this node's{Trouble}")]
    public static partial void WarmedUp(this ILogger log, long rows, long newer, string trouble);

    [LoggerMessage(14, LogLevel.Warning, "the shadow {Shadow} could not score a request: {Reason}")]
    public static partial void ShadowFailed(this ILogger log, string shadow, string reason);
}
