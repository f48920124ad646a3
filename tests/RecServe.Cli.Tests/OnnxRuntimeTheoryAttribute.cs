namespace RecServe.Cli.Tests;

/// <summary>A test that runs exported models by ONNX Runtime; skipped where bench/peers/install-onnxruntime.sh has not been run.</summary>
internal sealed class OnnxRuntimeTheoryAttribute : TheoryAttribute
{
    public OnnxRuntimeTheoryAttribute()
    {
        if (!File.Exists(Library))
            Skip = "ONNX Runtime is not installed; bench/peers/install-onnxruntime.sh installs it";
    }

    public static string Library { get; } = Path.Combine(Checkout.Root, "bench/peers/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1");
}
