namespace RecServe.Training.Examples;

/// <summary>What an export of examples found and wrote.</summary>
public sealed record ExampleReport
{
    /// <summary>Lines of the file, bad ones left out.</summary>
    public required long Lines { get; init; }

    /// <summary>Examples written.</summary>
    public required long Examples { get; init; }

    /// <summary>Examples whose first label is 1.</summary>
    public required long Positives { get; init; }

    /// <summary>Lines passed over because an event of their id came before.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Lines passed over because they came too late.</summary>
    public required long Late { get; init; }

    /// <summary>Lines passed over because they happened after they were received.</summary>
    public required long Ahead { get; init; }

    /// <summary>Events of a label's type that belong to no impression; they count for the features all the same.</summary>
    public required long Unjoined { get; init; }

    /// <summary>Impressions that are no examples because it is too early to know what came of them.</summary>
    public required long Open { get; init; }

    /// <summary>Bad lines passed over.</summary>
    public required long BadLines { get; init; }
}
