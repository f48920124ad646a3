namespace RecServe.Artifacts.Tests;

/// <summary>A test that runs a Python script with numpy; skipped where they are not installed.</summary>
internal sealed class NumpyFactAttribute : FactAttribute
{
    public NumpyFactAttribute()
    {
        if (!Python.HasNumpy)
            Skip = "/usr/bin/python3 with numpy is not installed (Debian: python3-numpy)";
    }
}
