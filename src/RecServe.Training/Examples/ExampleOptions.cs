using RecServe.Training.Data;

namespace RecServe.Training.Examples;

/// <summary>How events become training examples.</summary>
public sealed record ExampleOptions
{
    /// <summary>How the files are written: csv, tsv or movielens.</summary>
    public required DataFormat Format { get; init; }

    /// <summary>The file of events or of samples (a folder for MovieLens).</summary>
    public required string Events { get; init; }

    /// <summary>The schema, whose fields with <c>from</c> are computed.</summary>
    public required string SchemaPath { get; init; }

    /// <summary>The file to write; it must not exist.</summary>
    public required string Output { get; init; }

    /// <summary>How late an event may be in milliseconds, where the order of lines is the order in which events arrived; null where it says nothing.</summary>
    public long? LatenessMs { get; init; }

    /// <summary>How long after an impression an event may be to belong to it, in milliseconds; default an hour. Impressions closer to the end of the file are no examples yet.</summary>
    public long JoinMs { get; init; } = 3_600_000;

    /// <summary>Bad lines that are passed over without failing; default none.</summary>
    public int MaxBadLines { get; init; }

    /// <summary>Bytes a line may have; default 1 MiB.</summary>
    public int MaxLineBytes { get; init; } = 1 << 20;

    /// <summary>Users, items, and pairs of user and category at most; default 10,000,000. More fail the run, as examples would no longer be exact.</summary>
    public int MaxEntities { get; init; } = 10_000_000;
}
