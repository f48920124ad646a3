using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RecServe.LoadGen;

/// <summary>
/// Waits to about 0.1 ms without spinning: a spinning thread would take a core from the server, and <see cref="Thread.Sleep(int)"/> knows only whole
/// milliseconds.
/// </summary>
internal static class PreciseWait
{
    public static void Until(long timestamp)
    {
        long left;
        while ((left = timestamp - Stopwatch.GetTimestamp()) > 0)
        {
            var nanoseconds = (long)(left * (1e9 / Stopwatch.Frequency));
            if (OperatingSystem.IsLinux())
            {
                var time = new TimeSpec { Seconds = (nint)(nanoseconds / 1_000_000_000), Nanoseconds = (nint)(nanoseconds % 1_000_000_000) };
                _ = NanoSleep(ref time, nint.Zero);
            }
            else if (nanoseconds > 2_000_000)
            {
                Thread.Sleep((int)(nanoseconds / 1_000_000) - 1);
            }
            else
            {
                Thread.SpinWait(50);
            }
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NanoSleep(ref TimeSpec time, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
