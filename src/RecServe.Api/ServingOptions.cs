using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace RecServe.Api;

/// <summary>Everything a server can be told. Checked by <see cref="Validate"/> before anything is opened.</summary>
public sealed record ServingOptions
{
    /// <summary>Folder of model packages, laid out as <c>DIR/name/version/</c>. Required.</summary>
    [Required(AllowEmptyStrings = false)]
    public string ModelsDirectory { get; init; } = "";

    /// <summary>Model of <c>POST /v1/rank</c>; null means the only one, or the first by name.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons; default loopback, port 8080. Port 0 picks a free one.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Experiments in GrowthBook's feature JSON; null for none.</summary>
    public string? ExperimentsFile { get; init; }

    /// <summary>File to which a JSON line is appended for every ranking that is part of an experiment; null for none.</summary>
    public string? ExposureFile { get; init; }

    /// <summary>Folder of the node's store of embedding rows (memory, then disk); null: every row is in process memory and updates end with the process.</summary>
    public string? StoreDirectory { get; init; }

    /// <summary>Whether the store's log passes by the system's page cache, so that its memory is what <see cref="StoreMemoryMb"/> says and no more; default false.</summary>
    public bool StoreDirectIO { get; init; }

    /// <summary>Redis whose rows replicas share, <c>host:port[,host:port…][,password=…]</c>; null for none. May hold a password: never logged.</summary>
    public string? Redis { get; init; }

    /// <summary>Kafka whose messages update rows, <c>host:port[,host:port…]</c>; null for none: updates then come over HTTP alone.</summary>
    public string? Kafka { get; init; }

    /// <summary>Topic of row updates.</summary>
    [Required(AllowEmptyStrings = false)]
    public string RowsTopic { get; init; } = "recserve.rows";

    /// <summary>Milliseconds that a broker may keep a question for row updates while it has none; default 100, 1 to 10,000. Brokers answer as soon as one comes; the loopback broker of tests and benchmarks only when the time is over.</summary>
    [Description("Milliseconds that a broker may keep a question for row updates while it has none")]
    [Range(1, 10_000)]
    public int RowsFetchWaitMs { get; init; } = 100;

    /// <summary>Topic of experiments that are defined, changed and removed while the server runs; compacted.</summary>
    [Required(AllowEmptyStrings = false)]
    public string ExperimentsTopic { get; init; } = "recserve.experiments";

    /// <summary>Longest that <c>/health/ready</c> waits at the start for the topic of experiments to be read; default 10, 0 to 3,600 s. After it the last known ones are in force.</summary>
    [Description("Seconds that /health/ready waits at the start for the topic of experiments to be read")]
    [Range(0, 3_600)]
    public int ExperimentsWaitSeconds { get; init; } = 10;

    /// <summary>Topic of feature rows; compacted.</summary>
    [Required(AllowEmptyStrings = false)]
    public string FeaturesTopic { get; init; } = "recserve.features";

    /// <summary>Topic of updates that were refused.</summary>
    [Required(AllowEmptyStrings = false)]
    public string QuarantineTopic { get; init; } = "recserve.quarantine";

    /// <summary>Topic of events of users, which features are computed from.</summary>
    [Required(AllowEmptyStrings = false)]
    public string EventsTopic { get; init; } = "recserve.events";

    /// <summary>Topic of what each ranking returned; empty for none.</summary>
    [Required(AllowEmptyStrings = true)]
    public string ExposuresTopic { get; init; } = "recserve.exposures";

    /// <summary>File of updates that were refused; null: the topic where there is Kafka, else the newest 1,000 in process memory.</summary>
    public string? QuarantineFile { get; init; }

    /// <summary>How many times longer than the row it replaces and the table's usual rows an update may be; default 10, 0 to 1,000,000. 0 switches it off.</summary>
    [Description("How many times longer than the row it replaces and the table's usual rows an update may be, 0 for any")]
    [Range(0, 1_000_000)]
    public int UpdateNormJump { get; init; } = 10;

    /// <summary>Seconds that an update's version, as Unix microseconds, may be ahead of the clock; default 86,400, 0 to 1,000,000,000. 0 switches it off.</summary>
    [Description("Seconds that an update's version, as Unix microseconds, may be ahead of the clock, 0 for any")]
    [Range(0, 1_000_000_000)]
    public int UpdateSecondsAhead { get; init; } = 86_400;

    /// <summary>Updates of one key a second in one partition; default 1,000, 0 to 1,000,000,000. 0 switches it off.</summary>
    [Description("Updates of one key a second in one partition, 0 for any")]
    [Range(0, 1_000_000_000)]
    public int UpdateKeyRate { get; init; } = 1_000;

    /// <summary>Rows of one producer a second in one partition; default 1,000,000, 0 to 1,000,000,000. 0 switches it off.</summary>
    [Description("Rows of one producer a second in one partition, 0 for any")]
    [Range(0, 1_000_000_000)]
    public int UpdateProducerRate { get; init; } = 1_000_000;

    /// <summary>Rows of one message of updates; default 10,000, 1 to 100,000.</summary>
    [Description("Rows of one message of updates")]
    [Range(1, 100_000)]
    public int MaxUpdateRows { get; init; } = 10_000;

    /// <summary>Longest that a request waits for its <c>read_after</c> where it names no deadline, and an update for being visible; default 1,000 ms, 0 to 60,000.</summary>
    [Description("Milliseconds that a request waits for its read_after where it names no deadline")]
    [Range(0, 60_000)]
    public int ReadAfterWaitMs { get; init; } = 1_000;

    /// <summary>Process memory for the rows of one model version; default 0: every row, 0 to 1,048,576 MiB. Less than the rows need requires a store.</summary>
    [Description("MiB of process memory for the rows of one model version, 0 for every row; less than they need requires --store")]
    [Range(0, 1 << 20)]
    public int HotMemoryMb { get; init; }

    /// <summary>
    /// Process memory for stored features; default 64, 1 to 1,048,576 MiB. With a store it holds the rows that are asked for; without one it holds all, and rows that do not fit are refused.
    /// </summary>
    [Description("MiB of process memory for stored features: those asked for with --store, all of them without")]
    [Range(1, 1 << 20)]
    public int FeatureMemoryMb { get; init; } = 64;

    /// <summary>Memory of the store's log; default 256, 2 to 1,048,576 MiB.</summary>
    [Description("MiB of memory for the store's log")]
    [Range(2, 1 << 20)]
    public int StoreMemoryMb { get; init; } = 256;

    /// <summary>Hash index of a new store, about 1 MiB for 115,000 rows; default 128, 1 to 65,536 MiB.</summary>
    [Description("MiB of a new store's hash index, one for each 115,000 rows")]
    [Range(1, 1 << 16)]
    public int StoreIndexMb { get; init; } = 128;

    /// <summary>Changes that checkpoints of the store add to its journal before they fold its log over; default 64, 0 to 65,536 MiB. A start after a crash writes them into the log, some million rows a second. 0: every checkpoint folds.</summary>
    [Description("MiB of changes that checkpoints add to the store's journal before they fold its log over; 0: each folds")]
    [Range(0, 1 << 16)]
    public int StoreJournalMb { get; init; } = 64;

    /// <summary>Seconds between checkpoints of the store; default 10, 1 to 86,400. After a crash the updates since the last one are read again from their source.</summary>
    [Description("Seconds between checkpoints of the store")]
    [Range(1, 86_400)]
    public int CheckpointSeconds { get; init; } = 10;

    /// <summary>Longest that a request waits for Redis; default 5, 1 to 1,000 ms. Rows that did not come by then are answered by the default row, and the answer says so.</summary>
    [Description("Milliseconds that a request waits for Redis at most")]
    [Range(1, 1_000)]
    public int RedisTimeoutMs { get; init; } = 5;

    /// <summary>Seconds between looks into the models folder for new versions; default 0: never, 0 to 86,400.</summary>
    [Description("Seconds between looks into the models folder for new versions, 0 for never")]
    [Range(0, 86_400)]
    public int ReloadSeconds { get; init; }

    /// <summary>Versions of one model kept in memory, newest first; default 3, 1 to 100. Older ones answer 404.</summary>
    [Description("Versions of one model kept in memory, newest first")]
    [Range(1, 100)]
    public int VersionsPerModel { get; init; } = 3;

    /// <summary>Bytes of a request body; default 4 MiB, 1 KiB to 1 GiB.</summary>
    [Description("Bytes of a request body")]
    [Range(1024, 1 << 30)]
    public int MaxBodyBytes { get; init; } = 4 << 20;

    /// <summary>Candidates of one ranking; default 5,000, 1 to 100,000.</summary>
    [Description("Candidates of one ranking")]
    [Range(1, 100_000)]
    public int MaxCandidates { get; init; } = 5_000;

    /// <summary>Ids in <c>exclude</c>; default 5,000, 0 to 100,000.</summary>
    [Description("Ids in exclude")]
    [Range(0, 100_000)]
    public int MaxExcluded { get; init; } = 5_000;

    /// <summary>Features of one user, context or item, and values of one multi-valued feature; default 1,000, 1 to 10,000.</summary>
    [Description("Features of one user, context or item, and values of one multi-valued feature")]
    [Range(1, 10_000)]
    public int MaxFeaturesPerEntity { get; init; } = 1_000;

    /// <summary>UTF-8 bytes of one id, feature name or feature value; default 1,024, 16 to 65,536.</summary>
    [Description("UTF-8 bytes of one id, feature name or feature value")]
    [Range(16, 65_536)]
    public int MaxStringBytes { get; init; } = 1_024;

    /// <summary>Levels of nested objects and arrays in a request; default 16, 6 to 64.</summary>
    [Description("Levels of nested objects and arrays in a request")]
    [Range(6, 64)]
    public int MaxDepth { get; init; } = 16;

    /// <summary>Largest <c>k</c>, and so the items of one answer; default 1,000, 1 to 100,000.</summary>
    [Description("Largest k, and so the items of one answer")]
    [Range(1, 100_000)]
    public int MaxK { get; init; } = 1_000;

    /// <summary>Largest <c>deadline_ms</c>; default 60,000 milliseconds, 1 to 600,000.</summary>
    [Description("Largest deadline_ms")]
    [Range(1, 600_000)]
    public int MaxDeadlineMs { get; init; } = 60_000;

    /// <summary>Rankings in one <c>POST /v1/rank:batch</c>; default 100, 1 to 10,000.</summary>
    [Description("Rankings in one POST /v1/rank:batch")]
    [Range(1, 10_000)]
    public int MaxBatchRequests { get; init; } = 100;

    /// <summary>Items of one ranking that <c>explain</c> explains; default 20, 1 to 1,000. A ranking that returns more is refused.</summary>
    [Description("Items of one ranking that explain explains")]
    [Range(1, 1_000)]
    public int MaxExplainedItems { get; init; } = 20;

    /// <summary>
    /// Orders of the fields that <c>explain</c> averages for one item; default 16, 16 to 4,096. An item costs at most orders × (fields − 1) + 1 evaluations of
    /// the model; models with a closed form and those of few fields cost less.
    /// </summary>
    [Description("Orders of the fields that explain averages for one item")]
    [Range(16, 4_096)]
    public int ExplainOrders { get; init; } = 16;

    /// <summary>Whether every candidate is scored as a row of its own that carries its user, as services do that know nothing of requests: what the plans are measured against; default false.</summary>
    public bool PlainScoring { get; init; }

    /// <summary>
    /// Megabytes, for each loaded version of a model, that keep what a user's candidates share for the user's next request; default 0, 0 to 65,536. It pays
    /// where users come again while their features are the same.
    /// </summary>
    [Description("Megabytes for each loaded version that keep what a user's candidates share for the user's next request")]
    [Range(0, 65_536)]
    public int KeptUserMegabytes { get; init; }

    /// <summary>
    /// Megabytes, for each loaded version of a model, that keep items' parts of the first layers (not of stacked dcnv2) in 16 bits a number, with the layers above in 16-bit integers where that is faster; default 0, 0 to 4,096.
    /// Scores then differ by less than 0.001 from those of the model.
    /// </summary>
    [Description("Megabytes for each loaded version that keep items' parts of the first layers in 16 bits; scores differ by less than 0.001")]
    [Range(0, 4_096)]
    public int KeptItemMegabytes { get; init; }

    /// <summary>
    /// Version, as <c>name@version</c>, that a share of the live requests is scored by once more beside the version of its lineage that answers; null for none.
    /// It is loaded and takes memory as any other; metrics tell how far the two are apart.
    /// </summary>
    public string? Shadow { get; init; }

    /// <summary>Requests of a hundred that the shadow scores; default 1, 1 to 100.</summary>
    [Description("Requests of a hundred that the shadow scores")]
    [Range(1, 100)]
    public int ShadowPercent { get; init; } = 1;

    /// <summary>Most time of one core that the shadow takes, in percent; default 5, 1 to 100. What it cannot score in that is dropped and counted.</summary>
    [Description("Most time of one core, in percent, that the shadow takes")]
    [Range(1, 100)]
    public int ShadowCpuPercent { get; init; } = 5;

    /// <summary>Requests that wait for the shadow, of at most 256 KiB each; default 32, 1 to 10,000. One more is dropped and counted.</summary>
    [Description("Requests that wait for the shadow")]
    [Range(1, 10_000)]
    public int ShadowQueue { get; init; } = 32;

    /// <summary>Events in one <c>POST /v1/feedback</c>; default 1,000, 1 to 100,000.</summary>
    [Description("Events in one POST /v1/feedback")]
    [Range(1, 100_000)]
    public int MaxFeedbackEvents { get; init; } = 1_000;

    /// <summary>How long before the newest event of its partition an event may have happened to be counted; default 3,600 seconds, 0 to 604,800.</summary>
    [Description("Seconds that an event may have happened before the newest of its partition to be counted")]
    [Range(0, 604_800)]
    public int EventLateSeconds { get; init; } = 3_600;

    /// <summary>Users, items, and pairs of user and category that events are counted of, each at most; default 1,000,000, 1 to 100,000,000. The events of further ones are not counted.</summary>
    [Description("Users, items, and pairs of user and category that events are counted of, each at most")]
    [Range(1, 100_000_000)]
    public int EventEntities { get; init; } = 1_000_000;

    /// <summary>How long after its ranking an event may have happened to be joined to it; default 86,400 seconds, 1 to 2,592,000. A later one is counted as late.</summary>
    [Description("Seconds after its ranking that an event may have happened to be joined to it")]
    [Range(1, 2_592_000)]
    public int FeedbackWindowSeconds { get; init; } = 86_400;

    /// <summary>Rankings remembered for feedback to join, oldest forgotten first; default 100,000 (about 10 MB), 1 to 10,000,000.</summary>
    [Description("Rankings remembered for feedback to join, oldest forgotten first")]
    [Range(1, 10_000_000)]
    public int RankingsRemembered { get; init; } = 100_000;

    /// <summary>Feedback event ids remembered to recognise repeats, oldest forgotten first; default 500,000 (about 30 MB), 1 to 10,000,000.</summary>
    [Description("Feedback event ids remembered to recognise repeats, oldest forgotten first")]
    [Range(1, 10_000_000)]
    public int EventsRemembered { get; init; } = 500_000;

    /// <summary>Requests answered at the same time; default 256, 1 to 100,000. One more gets 503 with Retry-After.</summary>
    [Description("Requests answered at the same time")]
    [Range(1, 100_000)]
    public int MaxInFlight { get; init; } = 256;

    /// <summary>Open connections; default 4,096, 1 to 1,000,000. One more is closed at once.</summary>
    [Description("Open connections")]
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 4_096;

    /// <summary>Seconds that Retry-After names; default 1, 1 to 3,600.</summary>
    [Description("Seconds that Retry-After names")]
    [Range(1, 3_600)]
    public int RetryAfterSeconds { get; init; } = 1;

    /// <summary>Exposures waiting to be written, to the file and to the topic each; default 10,000, 1 to 1,000,000. One more is dropped and counted.</summary>
    [Description("Exposures waiting to be written, to the file and to the topic each")]
    [Range(1, 1_000_000)]
    public int ExposureQueue { get; init; } = 10_000;

    /// <summary>Seconds between <c>/health/ready</c> turning 503 and the listener closing, for load balancers to notice; default 0, 0 to 600.</summary>
    [Description("Seconds between /health/ready turning 503 and the listener closing, for load balancers to notice")]
    [Range(0, 600)]
    public int DrainSeconds { get; init; }

    /// <summary>Seconds that requests in flight may take to finish after SIGTERM; default 30, 1 to 3,600.</summary>
    [Description("Seconds that requests in flight may take to finish after SIGTERM")]
    [Range(1, 3_600)]
    public int ShutdownSeconds { get; init; } = 30;

    /// <summary>Checks every option against its range.</summary>
    /// <exception cref="ServingException">An option is missing or out of its range; the message names all of them.</exception>
    public void Validate()
    {
        var failures = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), failures, validateAllProperties: true))
            throw new ServingException(string.Join("; ", failures.Select(f => f.ErrorMessage)));
    }
}
