using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Loads schema files.</summary>
public static class SchemaSource
{
    /// <summary>Reads and checks a schema file.</summary>
    /// <exception cref="DataFileException">The file cannot be opened.</exception>
    /// <exception cref="SchemaException">It is no schema.</exception>
    public static DataSchema Load(string path)
    {
        using DataFile file = DataFile.Open(path, null);
        // One byte more than allowed, so that a longer file is refused by its size.
        var bytes = new byte[SchemaLimits.Bytes + 1];
        int length = 0;
        while (length < bytes.Length && file.Read(bytes.AsSpan(length)) is var read and > 0)
            length += read;
        return DataSchemaJson.Parse(bytes.AsSpan(0, length), path);
    }
}
