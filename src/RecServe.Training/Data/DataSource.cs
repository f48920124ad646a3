using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Where training data comes from: one file with a split, or three files.</summary>
public sealed record DataSource
{
    /// <summary>How the files are written.</summary>
    public required DataFormat Format { get; init; }

    /// <summary>The training file, or with a split the one file of all samples (a folder for MovieLens).</summary>
    public required string Train { get; init; }

    /// <summary>File of the samples that choose the epoch; null with a split.</summary>
    public string? Valid { get; init; }

    /// <summary>File of the samples that are measured at the end; null with a split.</summary>
    public string? Test { get; init; }

    /// <summary>How <see cref="Train"/> is divided; null with separate files. MovieLens without either is split per user by time, 80/10/10.</summary>
    public DataSplit? Split { get; init; }

    /// <summary>Seed of a random split.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The schema file; null for the format's own schema, or where <see cref="Schema"/> is given.</summary>
    public string? SchemaPath { get; init; }

    /// <summary>The schema itself, instead of a file.</summary>
    public DataSchema? Schema { get; init; }

    /// <summary>Embedding dim of every field, 1 to 1,024; null for the schema's own.</summary>
    public int? Dim { get; init; }

    /// <summary>Bad lines that are skipped without failing the run; default none.</summary>
    public int MaxBadLines { get; init; }

    /// <summary>Bytes a line (a record with its quoted line breaks) may have; default 1 MiB.</summary>
    public int MaxLineBytes { get; init; } = 1 << 20;

    /// <summary>What is wrong with the combination of options (a usage error), or null.</summary>
    public string? Problem()
    {
        bool schemaGiven = SchemaPath is not null || Schema is not null;
        if (!schemaGiven && Format is (DataFormat.Csv or DataFormat.Tsv))
            return $"format {DataFormats.NameOf(Format)} needs a schema file (--schema); `recserve inspect data {Train}` proposes one";
        if (Dim is < 1 or > SchemaLimits.Dim)
            return $"an embedding dim of {Dim} is outside 1..{SchemaLimits.Dim}";
        if (Split is not null && (Valid ?? Test) is not null)
            return "give either a split or separate files for validation and test, not both";
        if (Split is null && Valid is null && Test is null)
            return Format == DataFormat.MovieLens ? null : "give files for validation and test (--valid, --test), or a split such as --split random:80/10/10";
        return (Valid, Test) switch
        {
            (null, not null) => "a test file without a validation file: give --valid too",
            (not null, null) => "a validation file without a test file: give --test too",
            _ => null,
        };
    }
}
