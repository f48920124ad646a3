using System.Collections.Concurrent;
using FASTER.core;
using Microsoft.Win32.SafeHandles;

namespace RecServe.Embeddings;

/// <summary>
/// The files of a log or of an index checkpoint. Unlike the devices that come with FASTER it keeps what the disk refuses, so that a full disk loses nothing and
/// is told; it hands out zeros for what cannot be read, so that no bytes of another row are taken for it; it syncs; and segments go only when the store says so.
/// </summary>
internal sealed unsafe class LogDevice : StorageDeviceBase
{
    // The index comes in one request of up to 4 GiB; system calls take less than 2.
    private const int PieceBytes = 64 << 20;

    // A copy into the page cache, up to a millisecond of a core where the system has to find memory for it first: what a ranking may meet on its way.
    public const int PortionBytes = 64 << 10;

    // However busy the machine is, a page of 1 MiB waits 64 sleeps of a millisecond at most, and an index of 128 MiB 8,192: some nine seconds, once a gigabyte of log.
    private const int LongestRestMs = 4;

    // A row and what is read with it. Pages of the log are larger: their copy is a disk thread's work.
    private const uint MostAnsweredBytes = 32 << 10;

    // A read whose row is another one's with the same place in the index asks for the next, from within its answer.
    private const int DeepestAnswer = 8;

    [ThreadStatic]
    private static int _answering;

    // For reads and, where these do not pass by the page cache but writes do, for writes.
    private readonly ConcurrentDictionary<int, SafeFileHandle> _files = new(), _filesToWrite = new();
    private readonly ConcurrentDictionary<int, bool> _unsynced = new();
    private readonly HeldWrites _held = new();
    private readonly CachedRead _cached = new();
    private readonly Lock _opening = new(), _turn = new();
    private readonly DiskThreads _threads;
    private readonly bool _readsDirectly, _writesDirectly;
    private long _readErrors, _bytesRead, _bytesWritten, _reads;
    private int _pending;
    private volatile Exception? _writeError;

    /// <summary>A device whose segments are <c>path.0</c>, <c>path.1</c>…</summary>
    /// <param name="path">Of the segments, without their numbers.</param>
    /// <param name="threads">Do the reads and writes.</param>
    /// <param name="readsDirectly">Whether reads pass by the page cache; then writes must too.</param>
    /// <param name="writesDirectly">Whether writes do: a page that goes into the cache costs a core the copy, and the memory that the copy takes a second time.</param>
    /// <param name="alignment">Bytes that places and lengths of both are multiples of.</param>
    public LogDevice(string path, DiskThreads threads, bool readsDirectly, bool writesDirectly, uint alignment) : base(path, alignment, Devices.CAPACITY_UNSPECIFIED)
    {
        _threads = threads;
        (_readsDirectly, _writesDirectly) = (readsDirectly, writesDirectly);
    }

    /// <summary>Reads that failed or found the file too short.</summary>
    public long ReadErrors => Interlocked.Read(ref _readErrors);

    public long Reads => Interlocked.Read(ref _reads);

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    /// <summary>Whether what the disk refuses is kept. Where it can be made again, as an index can, the error is enough.</summary>
    public bool KeepsRefused { get; init; } = true;

    /// <summary>
    /// Whether what must not wait takes every core: writes into the page cache, which cost a core and not the disk, then wait for it between portions, and no two are made at once. Null: writes go as they come.
    /// </summary>
    public Func<bool>? IsBusy { get; init; }

    /// <summary>What the last write failed with, while pages are held because of it.</summary>
    public Exception? WriteError => _held.Any || !KeepsRefused ? _writeError : null;

    /// <summary>Whether a file that is too short counts as an error: not in recovery, which reads whole pages.</summary>
    public bool CountsShortReads { get; set; }

    public override void WriteAsync(nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context) =>
        Add(new DiskRequest(this, true, segmentId, (long)destinationAddress, sourceAddress, numBytesToWrite, callback, context));

    public override void ReadAsync(int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        if (!TryAnswer(segmentId, (long)sourceAddress, destinationAddress, readLength, callback, context))
            Add(new DiskRequest(this, false, segmentId, (long)sourceAddress, destinationAddress, readLength, callback, context));
    }

    /// <summary>Does what a disk thread took from the queue.</summary>
    public void Perform(in DiskRequest request)
    {
        uint error = 0;
        try
        {
            for (long done = 0; done < request.Length; done += PieceBytes)
            {
                int length = (int)Math.Min(request.Length - done, PieceBytes);
                void* memory = (byte*)request.Memory + done;
                if (request.IsWrite)
                    Write(request.Segment, request.Offset + done, new ReadOnlySpan<byte>(memory, length));
                else
                    error |= Read(request.Segment, request.Offset + done, new Span<byte>(memory, length));
            }

            request.Done(error, request.Length, request.Context);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    /// <summary>Tries again to write what is held.</summary>
    /// <exception cref="RowStoreException">The disk still does not take it.</exception>
    public void ReleaseHeld()
    {
        if (!_held.Any)
            return;
        try
        {
            _held.WriteAll((segment, offset, bytes) =>
            {
                // Direct I/O needs aligned memory, which the kept copy is not.
                void* memory = System.Runtime.InteropServices.NativeMemory.AlignedAlloc((nuint)bytes.Length, 4096);
                try
                {
                    bytes.CopyTo(new Span<byte>(memory, bytes.Length));
                    WriteNow(segment, offset, new ReadOnlySpan<byte>(memory, bytes.Length));
                }
                finally
                {
                    System.Runtime.InteropServices.NativeMemory.AlignedFree(memory);
                }
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _writeError = e;
            throw new RowStoreException($"the row store's disk does not take writes ({e.Message}); nothing is lost while the process runs, and updates go on once it does", e);
        }
    }

    /// <summary>Puts everything written on the disk itself.</summary>
    public void Sync()
    {
        ReleaseHeld();
        foreach (int segment in _unsynced.Keys)
        {
            _unsynced.TryRemove(segment, out _);
            try
            {
                RandomAccess.FlushToDisk(FileToWrite(segment, create: false));
            }
            catch (IOException e)
            {
                _unsynced[segment] = true;
                throw new RowStoreException($"{PathOf(segment)} cannot be put on the disk: {e.Message}", e);
            }
        }
    }

    /// <summary>Bytes of the segments' files.</summary>
    public long FileBytes()
    {
        long bytes = 0;
        foreach (string path in Directory.GetFiles(Path.GetDirectoryName(FileName)!, Path.GetFileName(FileName) + ".*"))
            bytes += new FileInfo(path).Length;
        return bytes;
    }

    /// <summary>Deletes the segments that lie wholly below an address.</summary>
    public void DeleteBelow(long address)
    {
        int first = (int)(address / SegmentSize);
        foreach (string path in Directory.GetFiles(Path.GetDirectoryName(FileName)!, Path.GetFileName(FileName) + ".*"))
        {
            if (int.TryParse(Path.GetExtension(path).AsSpan(1), out int segment) && segment < first)
            {
                if (_files.TryRemove(segment, out SafeFileHandle? file))
                    file.Dispose();
                if (_filesToWrite.TryRemove(segment, out file))
                    file.Dispose();
                _unsynced.TryRemove(segment, out _);
                File.Delete(path);
            }
        }
    }

    /// <summary>FASTER asks for it when a checkpoint was written; older checkpoints may still need the segment, so the store deletes it later.</summary>
    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

    public override long GetFileSize(int segment) => new FileInfo(PathOf(segment)) is { Exists: true } file ? file.Length : 0;

    /// <summary>Closes the files once the requests under way are done.</summary>
    public override void Dispose()
    {
        SpinWait wait = default;
        while (Volatile.Read(ref _pending) > 0)
            wait.SpinOnce();
        foreach (SafeFileHandle file in (SafeFileHandle[])[.. _files.Values, .. _filesToWrite.Values])
            file.Dispose();
        _files.Clear();
        _filesToWrite.Clear();
    }

    private void Add(in DiskRequest request)
    {
        Interlocked.Increment(ref _pending);
        _threads.Add(request);
    }

    /// <summary>Answers the read of a row on the thread that asks, if the page cache has it.</summary>
    private bool TryAnswer(int segment, long offset, nint destination, uint length, DeviceIOCompletionCallback callback, object context)
    {
        if (_readsDirectly || length > MostAnsweredBytes || _answering == DeepestAnswer || _held.Any)
            return false;
        try
        {
            if (!_cached.Try(FileToRead(segment), new Span<byte>((void*)destination, (int)length), offset))
                return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false; // a disk thread meets the same, and counts it
        }

        Interlocked.Increment(ref _reads);
        Interlocked.Add(ref _bytesRead, length);
        _answering++;
        try
        {
            callback(0, length, context);
        }
        finally
        {
            _answering--;
        }

        return true;
    }

    private void Write(int segment, long offset, ReadOnlySpan<byte> bytes)
    {
        if (!_held.Any)
        {
            try
            {
                WriteByPortions(segment, offset, bytes);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _writeError = e;
            }
        }

        if (KeepsRefused)
            _held.Add(segment, offset, bytes);
    }

    private void WriteByPortions(int segment, long offset, ReadOnlySpan<byte> bytes)
    {
        if (IsBusy is null || _writesDirectly)
        {
            WriteNow(segment, offset, bytes);
            return;
        }

        for (int done = 0; done < bytes.Length; done += PortionBytes)
        {
            GiveWay(IsBusy);
            lock (_turn)
                WriteNow(segment, offset + done, bytes.Slice(done, Math.Min(PortionBytes, bytes.Length - done)));
        }
    }

    /// <summary>Lets what must not wait go first, for 4 ms at most.</summary>
    public static void GiveWay(Func<bool>? isBusy)
    {
        for (int rest = 0; rest < LongestRestMs && isBusy is not null && isBusy(); rest++)
            Thread.Sleep(1);
    }

    private void WriteNow(int segment, long offset, ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(FileToWrite(segment, create: true), bytes, offset);
        _unsynced[segment] = true;
        Interlocked.Add(ref _bytesWritten, bytes.Length);
    }

    private uint Read(int segment, long offset, Span<byte> bytes)
    {
        int read = 0;
        uint error = 0;
        try
        {
            for (int more; read < bytes.Length; read += more)
            {
                more = RandomAccess.Read(FileToRead(segment), bytes[read..], offset + read);

                // A short read is the end of the file; behind it alignment is lost as well.
                if (more <= 0 || more % SectorSize != 0)
                {
                    read += Math.Max(0, more);
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            (read, error) = (0, 1);
        }

        bytes[read..].Clear();
        _held.Overlay(segment, offset, bytes);
        Interlocked.Increment(ref _reads);
        Interlocked.Add(ref _bytesRead, read);
        if (error != 0 || (read == 0 && CountsShortReads && !_held.Any))
            Interlocked.Increment(ref _readErrors);
        return error;
    }

    private string PathOf(int segment) => $"{FileName}.{segment}";

    private SafeFileHandle FileToRead(int segment) => FileOf(_files, segment, _readsDirectly, create: false);

    private SafeFileHandle FileToWrite(int segment, bool create) => FileOf(_writesDirectly == _readsDirectly ? _files : _filesToWrite, segment, _writesDirectly, create);

    private SafeFileHandle FileOf(ConcurrentDictionary<int, SafeFileHandle> files, int segment, bool direct, bool create)
    {
        if (files.TryGetValue(segment, out SafeFileHandle? file))
            return file;
        lock (_opening)
        {
            if (!files.TryGetValue(segment, out file))
                files[segment] = file = DirectFile.Open(PathOf(segment), direct, create);
            return file;
        }
    }
}
