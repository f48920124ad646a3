namespace RecServe.Experiments;

/// <summary>Largest sizes that an experiment file may have.</summary>
public static class ExperimentLimits
{
    /// <summary>Bytes of the file: 8 MiB.</summary>
    public const int FileBytes = 8 << 20;

    /// <summary>Bytes of one definition that comes by itself: 256 KiB.</summary>
    public const int DefinitionBytes = 256 << 10;

    /// <summary>Experiments that come by themselves: 1,024.</summary>
    public const int Published = 1024;

    /// <summary>Features: 1,024.</summary>
    public const int Features = 1024;

    /// <summary>Rules of a feature: 256.</summary>
    public const int Rules = 256;

    /// <summary>Variants of an experiment, ranges and filters of a rule: 256.</summary>
    public const int Variants = 256;

    /// <summary>Levels of conditions inside conditions: 16.</summary>
    public const int ConditionDepth = 16;

    /// <summary>Entries of a condition, a list in it or a saved group: 100,000.</summary>
    public const int ListEntries = 100_000;

    /// <summary>Characters of a key, seed, attribute or pattern: 1,024.</summary>
    public const int TextLength = 1024;
}
