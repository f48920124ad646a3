namespace RecServe.Stream;

/// <summary>What an export of events found and wrote.</summary>
public sealed record EventLogReport
{
    /// <summary>Lines written.</summary>
    public long Lines { get; set; }

    /// <summary>Rankings whose items were written as impressions.</summary>
    public long Rankings { get; set; }

    /// <summary>Events written.</summary>
    public long Events { get; set; }

    /// <summary>Rankings and events passed over because one of their id came before.</summary>
    public long Duplicates { get; set; }

    /// <summary>Those passed over because they came too late.</summary>
    public long Late { get; set; }

    /// <summary>Those passed over because they happened after they were received.</summary>
    public long Ahead { get; set; }

    /// <summary>Impressions that clients reported, passed over because what rankings returned stands for them.</summary>
    public long Reported { get; set; }

    /// <summary>Messages, and events of messages, that could not be read.</summary>
    public long Refused { get; set; }

    /// <summary>Why the first of them could not; null where all could.</summary>
    public string? FirstRefusal { get; set; }
}
