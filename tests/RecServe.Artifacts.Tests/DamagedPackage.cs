using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace RecServe.Artifacts.Tests;

/// <summary>A valid package on disk, to be damaged; <see cref="Seal"/> makes sizes and checksums true again, so that later checks are reached.</summary>
internal sealed class DamagedPackage(string directory)
{
    public string PathOf(string file) => Path.Combine(directory, file);

    public void Manifest(Action<JsonNode> edit)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllBytes(PathOf("manifest.json")))!;
        edit(root);
        File.WriteAllText(PathOf("manifest.json"), root.ToJsonString());
    }

    public void ManifestText(string from, string to)
    {
        string text = File.ReadAllText(PathOf("manifest.json"));
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(PathOf("manifest.json"), text.Replace(from, to, StringComparison.Ordinal));
    }

    public void Bytes(string file, Func<byte[], byte[]> edit) => File.WriteAllBytes(PathOf(file), edit(File.ReadAllBytes(PathOf(file))));

    /// <summary>Overwrites one element of a tensor.</summary>
    public void Element<T>(string file, string tensor, int index, T value) where T : unmanaged
    {
        long start;
        using (FileStream stream = File.OpenRead(PathOf(file)))
        {
            var reader = new SafetensorsReader(stream, file);
            start = stream.Position + reader.Find(tensor)!.Begin;
        }

        Bytes(file, bytes =>
        {
            System.Runtime.InteropServices.MemoryMarshal.Write(bytes.AsSpan((int)start + (index * System.Runtime.CompilerServices.Unsafe.SizeOf<T>())), value);
            return bytes;
        });
        Seal(file);
    }

    /// <summary>Replaces text of equal length in a file's header.</summary>
    public void Header(string file, string from, string to)
    {
        Assert.Equal(Encoding.UTF8.GetByteCount(from), Encoding.UTF8.GetByteCount(to));
        Bytes(file, bytes =>
        {
            int at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
            Assert.True(at >= 0, $"'{from}' is not in {file}");
            Encoding.UTF8.GetBytes(to).CopyTo(bytes, at);
            return bytes;
        });
        Seal(file);
    }

    public void Seal(string file) => Manifest(root =>
    {
        byte[] bytes = File.ReadAllBytes(PathOf(file));
        JsonNode entry = root["files"]!.AsArray().Single(f => f!["path"]!.GetValue<string>() == file)!;
        entry["bytes"] = bytes.Length;
        entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
    });
}
