using RecServe.Artifacts;

namespace RecServe.Cli.Import;

/// <summary>Tensors of a folder: <c>NAME.npy</c>, and <c>NAME.txt</c> for text, whose bytes are the tensor.</summary>
internal sealed class TensorFolder(string folder) : ITensorFiles
{
    private readonly SortedDictionary<string, string> _files = Files(folder);

    public string Place => folder;

    public IReadOnlyCollection<string> Names => _files.Keys;

    public NumberTensor? Find(string name)
    {
        if (!_files.TryGetValue(name, out string? path))
            return null;
        using FileStream stream = File.OpenRead(path);
        if (Path.GetExtension(path) == ".npy")
            return NpyReader.Read(stream, path);
        if (stream.Length > Array.MaxLength)
            throw new PackageException($"{path}: has {stream.Length} bytes, the limit is {Array.MaxLength}");
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return new NumberTensor(path, TensorType.U8, [text.Length], text);
    }

    public void Dispose()
    {
    }

    private static SortedDictionary<string, string> Files(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder).Where(path => Path.GetExtension(path) is ".npy" or ".txt").Order(StringComparer.Ordinal))
        {
            if (!files.TryAdd(Path.GetFileNameWithoutExtension(path), path))
                throw new PackageException($"{path}: there is a .npy file of that name too");
        }

        return files;
    }
}
