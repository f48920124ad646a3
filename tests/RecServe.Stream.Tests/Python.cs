using System.Diagnostics;

namespace RecServe.Stream.Tests;

/// <summary>Debian's Python with its protobuf and the schema compiler, where they are installed.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3", Compiler = "/usr/bin/protoc";

    public static bool HasProtobuf { get; } = File.Exists(Compiler) && Directory.Exists("/usr/lib/python3/dist-packages/google/protobuf");

    /// <summary>Runs a script of tests/python over a published schema.</summary>
    public static byte[] Run(byte[] input, string what, string proto = "rows.proto", string script = "row_updates.py")
    {
        string folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo(Interpreter, ["-B", Path.Combine(folder, "python", script), Path.Combine(folder, "protos", proto), what])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output.ToArray();
    }
}
