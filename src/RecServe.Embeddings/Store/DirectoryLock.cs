using System.Globalization;

namespace RecServe.Embeddings;

/// <summary>Keeps a store's directory to one process. The system gives the lock back when the process ends, however it ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private const string LockName = "store.lock", OwnerName = "store.owner";

    private readonly FileStream _file;

    /// <summary>Takes a directory, made if absent.</summary>
    /// <exception cref="RowStoreException">Another process has it, or it holds files of something else.</exception>
    public DirectoryLock(string directory)
    {
        string path = Path.Combine(directory, LockName), owner = Path.Combine(directory, OwnerName);
        try
        {
            Directory.CreateDirectory(directory);
            if (!File.Exists(path) && Directory.EnumerateFileSystemEntries(directory).Any())
                throw new RowStoreException($"{directory} is not empty and not a row store; give the store a directory of its own");
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is UnauthorizedAccessException)
        {
            throw new RowStoreException($"{directory} cannot be used: {e.Message}", e);
        }
        catch (IOException e) when (e is not RowStoreException)
        {
            if (!File.Exists(path))
                throw new RowStoreException($"{directory} cannot be used: {e.Message}", e);
            throw new RowStoreException($"{directory} is in use by {OwnerOf(owner)}; one process at a time can hold a row store", e);
        }

        File.WriteAllText(owner, string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} ({Environment.ProcessPath})"));
    }

    public void Dispose() => _file.Dispose();

    private static string OwnerOf(string path)
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } owner ? owner : "another process";
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}
