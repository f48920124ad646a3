using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using RecServe.Features;

namespace RecServe.FeatureStore;

public sealed partial class EventStore
{
    // Changes with every change of what is written below: an older file is not read, its events are read again.
    private const int SavedFormat = 1;

    private static readonly byte[] Magic = "RSEV"u8.ToArray();

    /// <summary>
    /// Writes a checkpoint: how far each log was applied, which ids are remembered, and the features, behind a SHA-256 at the file's end. It is there whole or not at all. Called by the thread that
    /// applies; readings go on beside it.
    /// </summary>
    /// <exception cref="IOException">It cannot be written; the one before stays.</exception>
    public void Save(string path)
    {
        byte[] bytes = InRead(ToBytes);
        string partial = path + ".partial";
        using (var file = new FileStream(partial, FileMode.Create))
        {
            file.Write(bytes);
            file.Write(SHA256.HashData(bytes));
            file.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Reads a checkpoint into a store that has no events yet.</summary>
    /// <returns>Null, or why there is nothing to go on from: the store is then without events, to be filled from the logs' start.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string? Restore(string path)
    {
        if (!File.Exists(path))
            return "there is no checkpoint yet";
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length < Magic.Length + SHA256.HashSizeInBytes || !SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(^SHA256.HashSizeInBytes..)))
            return $"{path} is damaged";
        using var reader = new BinaryReader(new MemoryStream(bytes, 0, bytes.Length - SHA256.HashSizeInBytes), Encoding.UTF8);
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic) || reader.ReadInt32() != SavedFormat)
            return $"{path} was written by another version of this program";
        var logs = new Dictionary<string, Log>();
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            var log = new Log(new EventAdmission(options.Admission));
            logs[reader.ReadString()] = log;
            log.Next = reader.ReadInt64();
            (long newest, long earliest) = (reader.ReadInt64(), reader.ReadInt64());
            var remembered = new (long, UInt128)[reader.ReadInt32()];
            for (int i = 0; i < remembered.Length; i++)
                remembered[i] = (reader.ReadInt64(), new UInt128(reader.ReadUInt64(), reader.ReadUInt64()));
            log.Admission.Restore(newest, earliest, remembered);
        }

        if (_features.Restore(bytes.AsSpan((int)reader.BaseStream.Position..^SHA256.HashSizeInBytes)) is { } problem)
        {
            _features = new EventFeatures(features, options.Entities);
            return $"{path}: {problem}";
        }

        foreach ((string name, Log log) in logs)
            _logs[name] = log;
        return null;
    }

    /// <summary>What a checkpoint holds; stores to which the same messages were applied give equal bytes.</summary>
    internal byte[] ToBytes()
    {
        var target = new ArrayBufferWriter<byte>();
        using (var head = new MemoryStream())
        {
            using var writer = new BinaryWriter(head, Encoding.UTF8);
            writer.Write(Magic);
            writer.Write(SavedFormat);
            writer.Write(_logs.Count);
            foreach ((string name, Log log) in _logs)
            {
                writer.Write(name);
                writer.Write(log.Next);
                writer.Write(log.Admission.Newest);
                writer.Write(log.Admission.Earliest);
                IReadOnlyList<(long Time, UInt128 Id)> remembered = log.Admission.Remembered;
                writer.Write(remembered.Count);
                foreach ((long time, UInt128 id) in remembered)
                {
                    writer.Write(time);
                    writer.Write((ulong)(id >> 64));
                    writer.Write((ulong)id);
                }
            }

            writer.Flush();
            target.Write(head.GetBuffer().AsSpan(0, (int)head.Length));
        }

        _features.Save(target);
        return target.WrittenSpan.ToArray();
    }
}
