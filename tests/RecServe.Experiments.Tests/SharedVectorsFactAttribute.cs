namespace RecServe.Experiments.Tests;

/// <summary>A test of GrowthBook's public cases; skipped where they are absent.</summary>
internal sealed class SharedVectorsFactAttribute : FactAttribute
{
    public SharedVectorsFactAttribute()
    {
        if (!File.Exists(SharedVectors.Path))
            Skip = "growthbook-cases.json is in neither $RECSERVE_SHARED/vectors nor ../shared/vectors";
    }
}
