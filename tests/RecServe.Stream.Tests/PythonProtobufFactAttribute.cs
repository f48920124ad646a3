namespace RecServe.Stream.Tests;

/// <summary>A test that needs Python's protobuf; skipped where it is not installed.</summary>
internal sealed class PythonProtobufFactAttribute : FactAttribute
{
    public PythonProtobufFactAttribute()
    {
        if (!Python.HasProtobuf)
            Skip = "protobuf for /usr/bin/python3 is not installed (Debian: python3-protobuf protobuf-compiler)";
    }
}
