using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace RecServe.Embeddings.Tests.Store;

public sealed class CachedReadTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void What_was_just_written_is_answered_at_once_and_to_the_byte()
    {
        byte[] written = RandomNumberGenerator.GetBytes(64 << 10);
        File.WriteAllBytes(_path, written);
        using SafeFileHandle file = File.OpenHandle(_path);
        byte[] read = new byte[4096];
        foreach (int offset in (int[])[0, 512, 4096, 10_000, written.Length - read.Length])
        {
            Assert.True(new CachedRead().Try(file, read, offset) || !OperatingSystem.IsLinux());
            Assert.True(written.AsSpan(offset, read.Length).SequenceEqual(read) || !OperatingSystem.IsLinux());
        }
    }

    [Fact]
    public void What_the_file_does_not_have_is_left_to_who_can_say_why()
    {
        File.WriteAllBytes(_path, new byte[5000]);
        using SafeFileHandle file = File.OpenHandle(_path);
        Assert.False(new CachedRead().Try(file, new byte[4096], 4096));
        Assert.False(new CachedRead().Try(file, new byte[4096], 1 << 20));
    }

    [Fact]
    public void A_file_system_without_such_reads_is_asked_once_and_not_taken_at_its_word()
    {
        string path = Path.Combine("/dev/shm", $"recserve-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)7, 4096)]);
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            var reads = new CachedRead();
            byte[] read = new byte[4096];
            for (int i = 0; i < 3; i++)
                Assert.True(!reads.Try(file, read, 0) || read.All(one => one == 7));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_closed_file_is_an_error_and_no_answer()
    {
        SafeFileHandle file = File.OpenHandle(_path);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new CachedRead().Try(file, new byte[512], 0));
    }

    public void Dispose() => File.Delete(_path);
}
