namespace RecServe.Api.Problems;

/// <summary>Every kind of problem this server answers with.</summary>
internal static class ProblemTypes
{
    public static readonly ProblemType MalformedJson = new("malformed_json", 400, "The body is not valid JSON",
        "The bytes sent are not one JSON document. The detail names the line and byte where reading stopped, or the member that stands twice.");

    public static readonly ProblemType InvalidUtf8 = new("invalid_utf8", 400, "The body is not valid UTF-8",
        "JSON is exchanged in UTF-8. The body holds bytes, or an escaped half of a surrogate pair, that are no text.");

    public static readonly ProblemType TooDeep = new("too_deep", 400, "The body is nested too deeply",
        "Objects and arrays stand inside one another deeper than the limit that the detail names. No rank request needs more than five levels.");

    public static readonly ProblemType UnreadableBody = new("unreadable_body", 400, "The body could not be read",
        "The connection delivered less than it announced, too slowly, or in broken chunks.");

    public static readonly ProblemType NotFound = new("not_found", 404, "Nothing is served at this path",
        "The path is not one of this server's. /openapi/v1.json lists all of them.");

    public static readonly ProblemType UnknownModel = new("unknown_model", 404, "The model or version is not served",
        "The detail lists the models or versions that are. GET /v1/models tells more about each.");

    public static readonly ProblemType UnknownExperiment = new("unknown_experiment", 404, "The experiment does not exist",
        "The detail lists the experiments that do. GET /v1/experiments tells more about each.");

    public static readonly ProblemType UnknownFeatures = new("unknown_features", 404, "No features are stored for the entity",
        "The user or item has no row, or was deleted. Rankings use what the model's package knows of it.");

    public static readonly ProblemType MethodNotAllowed = new("method_not_allowed", 405, "The path does not take this method",
        "The header Allow names the methods that it takes.");

    public static readonly ProblemType NotFresh = new("not_fresh", 409, "The update that read_after names is not applied yet",
        "The ranking was to reflect an update that this server has not applied within the deadline. Ask again, or rank without read_after.");

    public static readonly ProblemType VersionConflict = new("version_conflict", 409, "A row of the same or a higher version is there",
        "Rows are replaced by newer ones alone. errors names the version that is stored; send a higher one, or none for the time of the server's clock.");

    public static readonly ProblemType OverLimit = new("over_limit", 413, "The request is over a limit of this server",
        "The detail and errors name the limit. Send less, in several requests, or raise the option that sets the limit.");

    public static readonly ProblemType UnsupportedMediaType = new("unsupported_media_type", 415, "The body must be JSON",
        "Send Content-Type: application/json, in UTF-8 and without Content-Encoding.");

    public static readonly ProblemType InvalidRequest = new("invalid_request", 422, "The request cannot be understood",
        "The JSON is valid, but a member is missing, empty, stands twice or is of the wrong type. errors names the member.");

    public static readonly ProblemType InvalidFeature = new("invalid_feature", 422, "A feature value does not fit the model's field",
        "The model knows the feature, but not a value of this kind: a number field takes numbers, only a multi-valued field takes arrays. errors names the feature.");

    public static readonly ProblemType NotFinite = new("not_finite", 422, "The features give no finite score",
        "The values are so large that the model's arithmetic overflows. errors names the first candidate without a score.");

    public static readonly ProblemType InternalError = new("internal_error", 500, "The server failed",
        "This is a fault of the server, not of the request. The server's log has the details.");

    public static readonly ProblemType NotTaken = new("not_taken", 503, "The log of updates does not take the message",
        "Updates go through Kafka, which is not reached or refuses the message. Sending it again does no harm.");

    public static readonly ProblemType StoreFull = new("store_full", 503, "The store of features takes no more rows",
        "Its memory is used up (--feature-memory-mb), or another id with the same hash has a row. Deletions and rows that take less than before are still taken.");

    public static readonly ProblemType Overloaded = new("overloaded", 503, "The server is busy",
        "As many requests as the server takes are being answered. Retry after the seconds that the header Retry-After names.");

    public static readonly ProblemType DeadlineExceeded = new("deadline_exceeded", 504, "The deadline passed before the ranking was ready",
        "deadline_ms counts from the arrival of the request. Ask for fewer candidates or allow more time.");

    /// <summary>All of them, by status.</summary>
    public static readonly IReadOnlyList<ProblemType> All =
    [
        MalformedJson, InvalidUtf8, TooDeep, UnreadableBody, NotFound, UnknownModel, UnknownExperiment, UnknownFeatures, MethodNotAllowed, NotFresh, VersionConflict, OverLimit,
        UnsupportedMediaType, InvalidRequest, InvalidFeature, NotFinite, InternalError, NotTaken, StoreFull, Overloaded, DeadlineExceeded,
    ];

    /// <summary>The type of a slug, or null.</summary>
    public static ProblemType? Find(string slug) => All.FirstOrDefault(type => type.Slug == slug);
}
