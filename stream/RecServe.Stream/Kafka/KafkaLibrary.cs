using System.Reflection;
using System.Runtime.InteropServices;

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

    // The binding asks for libdl as well, which newer systems have under its full name only.
    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        NativeLibrary.TryLoad(name.Contains("rdkafka", StringComparison.Ordinal) ? Native : name == "libdl" ? "libdl.so.2" : name, assembly, path, out IntPtr handle) ? handle : IntPtr.Zero;
}
