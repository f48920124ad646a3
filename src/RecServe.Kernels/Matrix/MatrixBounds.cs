using System.Diagnostics.CodeAnalysis;

namespace RecServe.Kernels;

/// <summary>The one place where sizes given by callers are held against the memory they gave, before any pointer is made.</summary>
internal static class MatrixBounds
{
    public static void Check(int length, int rows, int columns, int stride, string name)
    {
        if (rows < 0 || columns < 0 || (rows > 1 && stride < columns))
            Throw_BadSizes(rows, columns, stride, name);
        if (rows > 0 && columns > 0 && length < (long)(rows - 1) * stride + columns)
            Throw_TooShort(length, rows, columns, stride, name);
    }

    public static void CheckVector(int length, int expected, string name)
    {
        if (length < expected)
            Throw_TooShort(length, 1, expected, expected, name);
    }

    [DoesNotReturn]
    private static void Throw_BadSizes(int rows, int columns, int stride, string name) =>
        throw new ArgumentException($"{rows} × {columns} elements with rows {stride} apart is not a matrix", name);

    [DoesNotReturn]
    private static void Throw_TooShort(int length, int rows, int columns, int stride, string name) =>
        throw new ArgumentException(
            $"expected {rows} × {columns} elements with rows {stride} apart, {(long)(rows - 1) * stride + columns} floats; got {length}", name);
}
