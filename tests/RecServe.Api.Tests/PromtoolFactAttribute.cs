namespace RecServe.Api.Tests;

/// <summary>A fact that needs Prometheus' own checker (Debian package prometheus, 100 MB: too large to ask of everybody) and is skipped without it.</summary>
internal sealed class PromtoolFactAttribute : FactAttribute
{
    /// <summary>Where Debian puts it.</summary>
    public const string Path = "/usr/bin/promtool";

    public PromtoolFactAttribute()
    {
        if (!File.Exists(Path))
            Skip = $"{Path} is not installed (Debian package prometheus)";
    }
}
