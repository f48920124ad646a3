using System.Runtime.InteropServices;

namespace RecServe.Cli.Bench;

/// <summary>An open model and its tensors, bound once, so that a run is nothing but the run. Not thread-safe.</summary>
internal sealed class OnnxSession(OnnxRuntime runtime, nint session) : IDisposable
{
    private const int Float = 1;

    private readonly OnnxRuntime.RunSession _run = runtime.Function<OnnxRuntime.RunSession>(9);
    private readonly List<(nint Name, nint Value, GCHandle Memory)> _inputs = [], _outputs = [];
    private nint[] _inputNames = [], _inputValues = [], _outputNames = [], _outputValues = [];

    /// <summary>Binds an input to memory that the caller fills before each run.</summary>
    public float[] Input(string name, params long[] shape) => Bind(_inputs, name, shape);

    /// <summary>Binds an output to memory that each run fills.</summary>
    public float[] Output(string name, params long[] shape) => Bind(_outputs, name, shape);

    /// <summary>Runs the model.</summary>
    public void Run()
    {
        if (_inputNames.Length != _inputs.Count || _outputNames.Length != _outputs.Count)
        {
            (_inputNames, _inputValues) = ([.. _inputs.Select(tensor => tensor.Name)], [.. _inputs.Select(tensor => tensor.Value)]);
            (_outputNames, _outputValues) = ([.. _outputs.Select(tensor => tensor.Name)], [.. _outputs.Select(tensor => tensor.Value)]);
        }

        runtime.Check(_run(session, 0, _inputNames, _inputValues, (nuint)_inputNames.Length, _outputNames, (nuint)_outputNames.Length, _outputValues));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((nint name, nint value, GCHandle memory) in _inputs.Concat(_outputs))
        {
            runtime.Function<OnnxRuntime.Release>(96)(value);
            Marshal.FreeCoTaskMem(name);
            memory.Free();
        }

        runtime.Function<OnnxRuntime.Release>(95)(session);
    }

    private float[] Bind(List<(nint Name, nint Value, GCHandle Memory)> tensors, string name, long[] shape)
    {
        var floats = new float[shape.Aggregate(1L, (product, size) => product * size)];
        var pinned = GCHandle.Alloc(floats, GCHandleType.Pinned);
        runtime.Check(runtime.Function<OnnxRuntime.CreateMemory>(69)(1, 0, out nint memory));
        runtime.Check(runtime.Function<OnnxRuntime.CreateTensor>(49)(memory, pinned.AddrOfPinnedObject(), (nuint)floats.Length * sizeof(float), shape,
            (nuint)shape.Length, Float, out nint value));
        runtime.Function<OnnxRuntime.Release>(94)(memory);
        tensors.Add((Marshal.StringToCoTaskMemUTF8(name), value, pinned));
        return floats;
    }
}
