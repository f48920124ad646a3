using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>The formats by the names the command line uses.</summary>
public static class DataFormats
{
    private static readonly (string Name, DataFormat Format)[] Known =
    [
        ("csv", DataFormat.Csv), ("tsv", DataFormat.Tsv), ("movielens", DataFormat.MovieLens),
        ("criteo", DataFormat.Criteo), ("avazu", DataFormat.Avazu), ("libsvm", DataFormat.LibSvm),
    ];

    /// <summary>The names: csv, tsv, movielens, criteo, avazu, libsvm.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(entry => entry.Name)];

    /// <summary>The name of a format.</summary>
    public static string NameOf(DataFormat format) => Known.First(entry => entry.Format == format).Name;

    /// <summary>The format of a name.</summary>
    /// <exception cref="DataFileException">There is none; the message lists those there are.</exception>
    public static DataFormat Parse(string name)
    {
        foreach ((string known, DataFormat format) in Known)
        {
            if (known == name)
                return format;
        }

        throw new DataFileException($"format '{name}' is none of {string.Join(", ", Names)}{NearestName.Hint(name, Names)}");
    }

    /// <summary>
    /// The format of data for a model whose schema is known: a folder is MovieLens, the built-in schemas carry their format's name, and
    /// everything else is CSV with the schema's delimiter.
    /// </summary>
    public static DataFormat Infer(string path, DataSchema schema) => schema.Name switch
    {
        _ when Directory.Exists(path) => DataFormat.MovieLens,
        "movielens" => DataFormat.MovieLens,
        "criteo" => DataFormat.Criteo,
        "avazu" => DataFormat.Avazu,
        "libsvm" => DataFormat.LibSvm,
        _ => DataFormat.Csv,
    };
}
