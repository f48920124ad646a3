namespace RecServe.Integration.Tests;

/// <summary>A theory that needs Debian's python3-numpy; skipped, with the reason, where it is absent.</summary>
public sealed class NumpyTheoryAttribute : TheoryAttribute
{
    public NumpyTheoryAttribute()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/numpy"))
            Skip = "/usr/bin/python3 with numpy is not installed (Debian: python3-numpy)";
    }
}
