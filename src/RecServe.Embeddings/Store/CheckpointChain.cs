using RecServe.Artifacts;

namespace RecServe.Embeddings;

/// <summary>
/// The published checkpoints of a directory. The two newest are kept, the fold of the log that their journal follows, and the newest before that fold: whichever of their files were damaged on the disk, the
/// newest that does not need it still stands, with every log segment that it needs.
/// </summary>
internal sealed class CheckpointChain(string directory, string filesDirectory)
{
    private readonly List<CheckpointManifest> _newestFirst = [];

    /// <summary>Lowest log address that a kept checkpoint needs.</summary>
    public long BeginAddress => _newestFirst.Min(manifest => manifest.BeginAddress);

    /// <summary>The manifests on disk; one that cannot be read comes with the reason.</summary>
    public IEnumerable<(string Path, CheckpointManifest? Manifest, string? Problem)> NewestFirst()
    {
        foreach (string path in Directory.GetFiles(directory, "checkpoint-*.json").OrderDescending(StringComparer.Ordinal))
        {
            CheckpointManifest? manifest = null;
            string? problem = null;
            try
            {
                manifest = CheckpointManifest.FromBytes(File.ReadAllBytes(path));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                problem = e.Message;
            }

            yield return (path, manifest, problem);
        }
    }

    /// <summary>What is wrong with a checkpoint's log; null if nothing.</summary>
    public string? LogProblem(CheckpointManifest manifest)
    {
        if (FilesProblem(manifest, index: false) is string problem)
            return problem;

        // An empty log needs no bytes: a process that was killed after its first checkpoint may not have written any.
        if (manifest.TailAddress <= manifest.BeginAddress)
            return null;
        for (long at = manifest.BeginAddress / manifest.SegmentBytes * manifest.SegmentBytes; at < manifest.TailAddress; at += manifest.SegmentBytes)
        {
            var segment = new FileInfo(Path.Combine(directory, $"log.{at / manifest.SegmentBytes}"));
            long needed = Math.Min(manifest.SegmentBytes, manifest.TailAddress - at);
            if (!segment.Exists || segment.Length < needed)
                return $"{segment.Name} has {(segment.Exists ? segment.Length : 0):N0} bytes; {needed:N0} were written";
        }

        return null;
    }

    /// <summary>What is wrong with the journal that follows its log; null if nothing.</summary>
    public string? JournalProblem(CheckpointManifest manifest)
    {
        try
        {
            return JournalFile.Read(JournalPath(manifest.LogToken), manifest.JournalBytes, visit: null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Where the journal that follows a fold of the log is.</summary>
    public string JournalPath(Guid log) => Path.Combine(filesDirectory, log.ToString(), JournalFile.Name);

    /// <summary>What is wrong with its index, which can be made again from the log; null if nothing.</summary>
    public string? IndexProblem(CheckpointManifest manifest) => FilesProblem(manifest, index: true);

    /// <summary>
    /// Goes on from a checkpoint that was recovered. Newer ones, which could not be, are put aside: the log is written again from here, so they never can be.
    /// </summary>
    public void Adopt(CheckpointManifest recovered)
    {
        foreach ((string path, CheckpointManifest? manifest, _) in NewestFirst().ToList())
        {
            if (string.CompareOrdinal(Path.GetFileName(path), CheckpointManifest.FileName(recovered.Number)) > 0)
                File.Move(path, path + ".unusable", overwrite: true);
            else if (manifest is not null)
                _newestFirst.Add(manifest);
        }

        Prune();
    }

    /// <summary>Describes a file of a checkpoint, and puts it on the disk.</summary>
    public CheckpointFile Seal(string path)
    {
        DiskFile.Sync(path);
        (long bytes, uint crc) = Checksum(path);
        return new CheckpointFile(NameOf(path), bytes, crc);
    }

    /// <summary>
    /// What the newest checkpoint says of a file that it shares with the next one; null if it has none of that name. An index is never written again: reading the 128 MiB of one for
    /// its checksum was half of every checkpoint's time.
    /// </summary>
    public CheckpointFile? Sealed(string path) => _newestFirst.FirstOrDefault()?.Files.FirstOrDefault(file => file.Path == NameOf(path));

    /// <summary>Makes a checkpoint the newest, all or nothing, and lets go of those that are no longer kept.</summary>
    public void Publish(CheckpointManifest manifest)
    {
        string path = Path.Combine(directory, CheckpointManifest.FileName(manifest.Number)), unfinished = path + ".writing";
        DiskFile.Write(unfinished, manifest.ToBytes());
        File.Move(unfinished, path, overwrite: true);
        DurableDirectory.Sync(directory);
        _newestFirst.Insert(0, manifest);
        Prune();
    }

    /// <summary>Deletes the files of a checkpoint that could not be published.</summary>
    public void Discard(Guid token)
    {
        string path = Path.Combine(filesDirectory, token.ToString());
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        foreach (string unfinished in Directory.GetFiles(directory, "checkpoint-*.json.writing"))
            File.Delete(unfinished);
    }

    /// <summary>Deletes what a process left that never published a checkpoint; whether there was anything.</summary>
    public bool DeleteUnpublished()
    {
        string[] log = Directory.GetFiles(directory, "log.*");
        foreach (string path in log)
            File.Delete(path);
        if (Directory.Exists(filesDirectory))
            Directory.Delete(filesDirectory, recursive: true);
        return log.Length > 0;
    }

    private string? FilesProblem(CheckpointManifest manifest, bool index)
    {
        try
        {
            foreach (CheckpointFile file in manifest.Files.Where(file => Path.GetFileName(file.Path).StartsWith("index.", StringComparison.Ordinal) == index))
            {
                string path = Path.Combine(filesDirectory, file.Path);
                if (!File.Exists(path))
                    return $"{file.Path} is gone";
                (long bytes, uint crc) = Checksum(path);
                if (bytes != file.Bytes || crc != file.Crc32C)
                    return $"{file.Path} is damaged ({bytes:N0} bytes, checksum {crc:x8}; {file.Bytes:N0} and {file.Crc32C:x8} were written)";
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private string NameOf(string path) => Path.GetRelativePath(filesDirectory, path);

    private static (long Bytes, uint Crc) Checksum(string path)
    {
        using FileStream file = File.OpenRead(path);

        // Two of the files have a few hundred bytes: clearing a whole buffer for each took a fifth of a checkpoint's time on a core.
        byte[] buffer = new byte[(int)Math.Clamp(file.Length, 1, 1 << 20)];
        uint crc = uint.MaxValue;
        long bytes = 0;

        // Whole buffers, so that each step begins on eight bytes.
        for (int read; (read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0; bytes += read)
            crc = Crc32C.Append(crc, buffer.AsSpan(0, read));
        return (bytes, ~crc);
    }

    private void Prune()
    {
        Guid log = _newestFirst[0].LogToken;
        int beforeFold = _newestFirst.FindIndex(manifest => manifest.LogToken != log);
        CheckpointManifest[] kept = [.. _newestFirst.Where((manifest, i) => i < 2 || i == beforeFold || (manifest.LogToken == log && manifest.JournalBytes == 0))];
        _newestFirst.Clear();
        _newestFirst.AddRange(kept);
        HashSet<string> names = [.. _newestFirst.Select(manifest => CheckpointManifest.FileName(manifest.Number))];
        foreach (string path in Directory.GetFiles(directory, "checkpoint-*.json").Where(path => !names.Contains(Path.GetFileName(path))))
            File.Delete(path);
        HashSet<string> tokens = [.. _newestFirst.SelectMany(manifest => new[] { manifest.IndexToken.ToString(), manifest.LogToken.ToString() })];
        if (!Directory.Exists(filesDirectory))
            return;
        foreach (string path in Directory.GetDirectories(filesDirectory).Where(path => !tokens.Contains(Path.GetFileName(path))))
            Directory.Delete(path, recursive: true);

        // Of an older fold the index alone may still be needed.
        foreach (Guid index in _newestFirst.Select(manifest => manifest.IndexToken).Except(_newestFirst.Select(manifest => manifest.LogToken)))
            File.Delete(JournalPath(index));
    }
}
