namespace RecServe.Artifacts.Tests;

/// <summary>
/// The child of <see cref="PackageWriterKillTests"/>: writes a package into a directory, stops after some bytes and waits to be killed.
/// With more bytes than there are it finishes: so were the golden packages made.
/// </summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        PackageWriter.Write(SamplePackage.Of(args[2]), args[0], new StoppingFiles(long.Parse(args[1])));
        Console.WriteLine("done");
        return 0;
    }

    private sealed class StoppingFiles(long bytes) : PackageFiles
    {
        private long _left = bytes;

        public override Stream Create(string path)
        {
            Stream file = base.Create(path);
            return new FaultStream(file, count =>
            {
                if ((_left -= count) >= 0)
                    return;
                file.Flush();
                Console.WriteLine("stopped");
                Thread.Sleep(Timeout.Infinite);
            });
        }

        public override void Publish(string temporary, string target)
        {
            if (_left == 0)
            {
                Console.WriteLine("stopped");
                Thread.Sleep(Timeout.Infinite);
            }

            base.Publish(temporary, target);
        }
    }
}
