using System.Globalization;
using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>A package's dense tensors, handed out by name and shape; what nobody asked for is reported.</summary>
internal sealed class DenseTensors(ModelPackage package)
{
    private readonly HashSet<string> _taken = [];

    /// <summary>The floats of a tensor of the given shape.</summary>
    /// <exception cref="PackageException">There is no such tensor, or it has another shape.</exception>
    public float[] Take(string name, params int[] shape)
    {
        DenseTensor tensor = package.Tensor(name);
        if (!tensor.Shape.SequenceEqual(shape))
            throw new PackageException($"dense tensor '{name}' has shape {Text(tensor.Shape)}, expected {Text(shape)}");
        long floats = shape.Aggregate(1L, (product, size) => product * size);
        if (tensor.Values.LongLength != floats)
            throw new PackageException($"dense tensor '{name}' of shape {Text(shape)} has {tensor.Values.Length} values, expected {floats}");
        _taken.Add(name);
        return tensor.Values;
    }

    /// <summary>Reports tensors that the architecture has no place for: the model would not be the one that was trained.</summary>
    /// <exception cref="PackageException">There is one.</exception>
    public void RequireAllTaken()
    {
        foreach (DenseTensor tensor in package.Dense)
        {
            if (!_taken.Contains(tensor.Name))
                throw new PackageException($"dense tensor '{tensor.Name}' has no place in the architecture '{package.Architecture.Kind}' of the manifest");
        }
    }

    private static string Text(IEnumerable<int> shape) =>
        $"[{string.Join(", ", shape.Select(size => size.ToString(CultureInfo.InvariantCulture)))}]";
}
