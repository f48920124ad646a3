using Microsoft.Win32.SafeHandles;
using RecServe.Artifacts;

namespace RecServe.Embeddings;

/// <summary>
/// The journal behind a folded log: <c>checkpoints/TOKEN/journal</c>, to which each checkpoint adds the blocks of what was written since the one before. Past the page cache where the file system
/// allows that: nobody reads it while the process runs.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    /// <summary>Its name in the directory of the checkpoint that folded the log.</summary>
    public const string Name = "journal";

    private readonly SafeFileHandle _file;
    private readonly bool _direct;
    private readonly Func<bool>? _isBusy;

    /// <summary>Makes an empty one.</summary>
    /// <param name="path">In the directory of the checkpoint that folded the log.</param>
    /// <param name="direct">Whether the file system takes blocks of 4,096 bytes past the page cache.</param>
    /// <param name="isBusy">Whether what must not wait takes every core.</param>
    public JournalFile(string path, bool direct, Func<bool>? isBusy)
    {
        (_direct, _isBusy) = (direct, isBusy);
        _file = DirectFile.Open(path, direct, create: true);
        DurableDirectory.Sync(Path.GetDirectoryName(path)!);
    }

    /// <summary>Bytes that were written.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds blocks and puts them on the disk.</summary>
    /// <exception cref="IOException">The disk does not take them; what was written before stays as it is.</exception>
    public void Append(IReadOnlyList<JournalMemory> blocks)
    {
        long at = Bytes;
        foreach (JournalMemory block in blocks)
        {
            ReadOnlySpan<byte> bytes = block.Complete();
            int portion = _direct || _isBusy is null ? bytes.Length : LogDevice.PortionBytes;
            for (int done = 0; done < bytes.Length; done += portion)
            {
                if (!_direct)
                    LogDevice.GiveWay(_isBusy);
                RandomAccess.Write(_file, bytes.Slice(done, Math.Min(portion, bytes.Length - done)), at + done);
            }

            at += bytes.Length;
        }

        if (blocks.Count > 0)
            RandomAccess.FlushToDisk(_file);
        Bytes = at;
    }

    /// <summary>Visits the entries of a journal, in the order in which they were written.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="bytes">Bytes of it that count; what follows was never published.</param>
    /// <param name="visit">Receives them; null to check alone.</param>
    /// <returns>What is wrong with it; null if nothing.</returns>
    public static string? Read(string path, long bytes, JournalBlock.EntryVisitor? visit)
    {
        if (bytes == 0)
            return null;
        if (!File.Exists(path))
            return $"{Name} is gone";
        using SafeFileHandle file = File.OpenHandle(path);
        byte[] block = new byte[JournalBlock.MaxBytes];
        for (long at = 0; at < bytes;)
        {
            int read = Fill(file, block.AsSpan(0, (int)Math.Min(block.Length, bytes - at)), at);
            int used = read < JournalBlock.HeaderBytes ? 0 : JournalBlock.UsedBytes(block);
            string? problem = used == 0 || used > read ? "it is not there" : JournalBlock.Read(block.AsSpan(0, used), visit);
            if (problem is not null)
                return $"{Name} is damaged in its block at {at:N0}: {problem}";
            at += JournalBlock.PaddedBytes(used);
        }

        return null;
    }

    public void Dispose() => _file.Dispose();

    private static int Fill(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        int read = 0;
        for (int more; read < bytes.Length && (more = RandomAccess.Read(file, bytes[read..], offset + read)) > 0;)
            read += more;
        return read;
    }
}
