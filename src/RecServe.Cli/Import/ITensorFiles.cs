using RecServe.Artifacts;

namespace RecServe.Cli.Import;

/// <summary>Where the tensors of an import lie, by name.</summary>
internal interface ITensorFiles : IDisposable
{
    /// <summary>What messages call it.</summary>
    string Place { get; }

    /// <summary>Names of all tensors.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>A tensor by name; null where there is none.</summary>
    /// <exception cref="PackageException">It cannot be read.</exception>
    NumberTensor? Find(string name);
}
