using RecServe.Artifacts;

namespace RecServe.Cli.Import;

/// <summary>Tensors of one safetensors file.</summary>
internal sealed class TensorFile : ITensorFiles
{
    private readonly FileStream _stream;
    private readonly SafetensorsReader _reader;

    /// <exception cref="PackageException">It is no safetensors file.</exception>
    public TensorFile(string path)
    {
        Place = path;
        _stream = File.OpenRead(path);
        try
        {
            _reader = new SafetensorsReader(_stream, path);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public string Place { get; }

    public IReadOnlyCollection<string> Names => [.. _reader.Tensors.Select(tensor => tensor.Name)];

    public NumberTensor? Find(string name) => _reader.Find(name) is { } tensor
        ? new NumberTensor($"{Place}: {name}", tensor.Type, tensor.Shape, _reader.Read<byte>(tensor)) : null;

    public void Dispose() => _stream.Dispose();
}
