namespace RecServe.Training.Data;

/// <summary>How a data file is written; each is described in docs/formats/schema.md.</summary>
public enum DataFormat
{
    /// <summary>Comma-separated with RFC 4180 quoting (or the schema's delimiter), with a schema file.</summary>
    Csv,

    /// <summary>As <see cref="Csv"/> with a tab where the schema names no other delimiter.</summary>
    Tsv,

    /// <summary>A MovieLens folder: ratings.csv and movies.csv.</summary>
    MovieLens,

    /// <summary>Criteo display advertising: label, 13 integers, 26 categories, tab-separated, no header.</summary>
    Criteo,

    /// <summary>Avazu click-through: CSV with a header.</summary>
    Avazu,

    /// <summary><c>label index:value …</c>, one pair a field on every line.</summary>
    LibSvm,
}
