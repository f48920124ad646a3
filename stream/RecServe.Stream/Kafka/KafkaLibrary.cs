using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace RecServe.Stream;

/// <summary>Finds the native client library, which comes with the system and not with the package that binds it.</summary>
internal static class KafkaLibrary
{
    /// <summary>Version that the binding was made for and the system's packages have: <c>librdkafka.so.1</c>.</summary>
    private const string Native = "librdkafka.so.1";

    private static readonly Lock Once = new();
    private static bool _isFound;

    /// <summary>Makes sure that the library can be called.</summary>
    /// <exception cref="InvalidOperationException">It is not installed; the message says what to install.</exception>
    public static void Load()
    {
        lock (Once)
        {
            if (_isFound)
                return;
            if (!NativeLibrary.TryLoad(Native, typeof(KafkaLibrary).Assembly, null, out _))
                throw new InvalidOperationException($"Kafka needs the system's {Native}, which is not installed (Debian: apt-get install librdkafka1)");
            NativeLibrary.SetDllImportResolver(typeof(Confluent.Kafka.Library).Assembly, Resolve);
            NativeLibrary.SetDllImportResolver(typeof(KafkaLibrary).Assembly, Resolve);
            _isFound = true;
        }
    }

    /// <summary>A client of the library itself, for what the binding does not offer.</summary>
    /// <param name="type">0 for a producer, 1 for a consumer.</param>
    /// <param name="options">The library's options.</param>
    /// <returns>Its handle, the caller's to destroy.</returns>
    /// <exception cref="InvalidOperationException">The library is not installed, or an option cannot be followed.</exception>
    public static IntPtr NewClient(int type, params ReadOnlySpan<(string Name, string Value)> options)
    {
        Load();
        byte[] error = new byte[512];
        IntPtr configuration = rd_kafka_conf_new();
        foreach ((string name, string value) in options)
        {
            if (rd_kafka_conf_set(configuration, name, value, error, error.Length) != 0)
                throw new InvalidOperationException(Text(error));
        }

        IntPtr client = rd_kafka_new(type, configuration, error, error.Length);
        return client != IntPtr.Zero ? client : throw new InvalidOperationException(Text(error));
    }

    private static string Text(byte[] error) => Encoding.UTF8.GetString(error).TrimEnd('\0');

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr rd_kafka_conf_new();

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int rd_kafka_conf_set(IntPtr configuration, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, byte[] error, nint errorBytes);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr rd_kafka_new(int type, IntPtr configuration, byte[] error, nint errorBytes);

    // The binding asks for libdl as well, which newer systems have under its full name only.
    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        NativeLibrary.TryLoad(name.Contains("rdkafka", StringComparison.Ordinal) ? Native : name == "libdl" ? "libdl.so.2" : name, assembly, path, out IntPtr handle) ? handle : IntPtr.Zero;
}
