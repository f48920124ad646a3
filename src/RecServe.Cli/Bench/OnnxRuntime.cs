using System.Runtime.InteropServices;

namespace RecServe.Cli.Bench;

/// <summary>
/// ONNX Runtime through its C API, as a peer in benchmarks. The API is a table of functions whose order never changes
/// (onnxruntime_c_api.h, OrtApi); the library is whatever the user has, by its path.
/// </summary>
internal sealed class OnnxRuntime : IDisposable
{
    private const int Api = 1, Version = 14;

    private readonly nint _library;
    private readonly nint _table;
    private readonly nint _environment;

    private OnnxRuntime(nint library)
    {
        _library = library;
        nint functions = Marshal.GetDelegateForFunctionPointer<GetApiBase>(NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        Name = Marshal.PtrToStringUTF8(Marshal.GetDelegateForFunctionPointer<GetVersion>(Marshal.ReadIntPtr(functions, nint.Size * Api))()) ?? "";
        _table = Marshal.GetDelegateForFunctionPointer<GetApi>(Marshal.ReadIntPtr(functions))(Version);
        if (_table == 0)
            throw new NotSupportedException($"ONNX Runtime {Name} has no C API of version {Version}; take 1.14 or newer");
        Check(Function<CreateEnv>(3)(3, "recserve", out _environment));
    }

    /// <summary>Its version.</summary>
    public string Name { get; }

    internal delegate nint RunSession(nint session, nint options, nint[] inputNames, nint[] inputs, nuint inputCount, nint[] outputNames,
        nuint outputCount, nint[] outputs);

    internal delegate nint CreateTensor(nint memory, nint data, nuint bytes, long[] shape, nuint dimensions, int type, out nint value);

    internal delegate nint CreateMemory(int allocator, int kind, out nint memory);

    internal delegate nint CreateOptions(out nint options);

    internal delegate nint SetOption(nint options, int value);

    internal delegate nint CreateSession(nint environment, byte[] model, nuint length, nint options, out nint session);

    internal delegate void Release(nint handle);

    private delegate nint GetApiBase();

    private delegate nint GetApi(uint version);

    private delegate nint GetVersion();

    private delegate nint GetMessage(nint status);

    private delegate nint CreateEnv(int level, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, out nint environment);

    /// <summary>Loads the library.</summary>
    /// <param name="path">Of libonnxruntime.so.1 or its like.</param>
    /// <exception cref="UsageException">It is not there or not ONNX Runtime.</exception>
    public static OnnxRuntime Load(string path)
    {
        if (!NativeLibrary.TryLoad(path, out nint library))
            throw new UsageException($"--onnxruntime: cannot load '{path}'; bench/peers/install-onnxruntime.sh installs it");
        try
        {
            return new OnnxRuntime(library);
        }
        catch (EntryPointNotFoundException)
        {
            NativeLibrary.Free(library);
            throw new UsageException($"--onnxruntime: '{path}' is not ONNX Runtime: it has no OrtGetApiBase");
        }
    }

    /// <summary>Opens a model.</summary>
    /// <param name="model">Bytes of the file.</param>
    /// <param name="threads">Threads of one run.</param>
    public OnnxSession Open(byte[] model, int threads)
    {
        Check(Function<CreateOptions>(10)(out nint options));
        Check(Function<SetOption>(23)(options, 99));
        Check(Function<SetOption>(24)(options, threads));
        Check(Function<SetOption>(25)(options, 1));
        Check(Function<CreateSession>(8)(_environment, model, (nuint)model.Length, options, out nint session));
        Function<Release>(100)(options);
        return new OnnxSession(this, session);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Function<Release>(92)(_environment);
        NativeLibrary.Free(_library);
    }

    /// <summary>A function of the table.</summary>
    internal T Function<T>(int index)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(Marshal.ReadIntPtr(_table, index * nint.Size));

    /// <summary>Throws what a status says.</summary>
    internal void Check(nint status)
    {
        if (status == 0)
            return;
        string message = Marshal.PtrToStringUTF8(Function<GetMessage>(2)(status)) ?? "";
        Function<Release>(93)(status);
        throw new InvalidOperationException($"ONNX Runtime {Name}: {message}");
    }
}
