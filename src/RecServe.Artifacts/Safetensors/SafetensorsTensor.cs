namespace RecServe.Artifacts;

/// <summary>One entry of a safetensors header.</summary>
/// <param name="Name">Tensor name, unique in its file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="Bytes">Number of bytes: elements × element size.</param>
public sealed record SafetensorsTensor(string Name, TensorType Type, IReadOnlyList<long> Shape, long Begin, long Bytes);
