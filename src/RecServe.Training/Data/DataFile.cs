using System.IO.Compression;
using System.Security.Cryptography;

namespace RecServe.Training.Data;

/// <summary>A data file opened for one sequential read; gzip is recognised by its first bytes and unpacked on the way.</summary>
internal sealed class DataFile : IDisposable
{
    private readonly FileStream _file;
    private readonly Stream _content;
    private readonly IncrementalHash? _hash;

    private DataFile(string path, FileStream file, Stream content, IncrementalHash? hash) =>
        (Path, _file, _content, _hash) = (path, file, content, hash);

    public string Path { get; }

    public long BytesRead => _file.Position;

    public long BytesTotal => _file.Length;

    /// <param name="path">As the user gave it; messages begin with it.</param>
    /// <param name="hash">Fed with all (unpacked) bytes read; null for none.</param>
    public static DataFile Open(string path, IncrementalHash? hash)
    {
        FileStream file;
        try
        {
            if (Directory.Exists(path))
                throw new DataFileException($"{path}: is a folder; expected a file");
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException($"{path}: no such file", error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new DataFileException($"{path}: cannot be opened: {error.Message}", error);
        }

        Span<byte> start = stackalloc byte[4];
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        file.Position = 0;
        string? problem = start switch
        {
            [] => "is empty",
            [(byte)'P', (byte)'K', 3, 4] => "is a zip archive; unpack it first",
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "is UTF-16 text; save it as UTF-8",
            _ => null,
        };
        if (problem is not null)
        {
            file.Dispose();
            throw new DataFileException($"{path}: {problem}");
        }

        // Marks where one file ends and the next begins, so that moving lines between files changes the hash.
        hash?.AppendData("\0file\0"u8);
        return new DataFile(path, file, start is [0x1F, 0x8B, ..] ? new GZipStream(file, CompressionMode.Decompress) : file, hash);
    }

    /// <summary>Reads at least one byte, or 0 at the end.</summary>
    public int Read(Span<byte> buffer)
    {
        try
        {
            int read = _content.Read(buffer);
            _hash?.AppendData(buffer[..read]);
            return read;
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new DataFileException($"{Path}: cannot be read to its end: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        _content.Dispose();
        _file.Dispose();
    }
}
