using RecServe.Compression.Measures;
using RecServe.Training.Data;

namespace RecServe.Compression.Folding;

/// <summary>
/// The directions of a field's vectors in the order in which the first layer minds them: with C the covariance of the pooled vector over samples and W the
/// layer's weights that read it, the first d axes keep the most of E‖W(e − m)‖² that d numbers can keep (the truncated SVD of W·C^½, Eckart and Young 1936).
/// </summary>
internal sealed class FieldAxes
{
    private const double Rank = 1e-10;
    private readonly double[][] _read, _write;

    private FieldAxes(double[] weights, double[] mean, double[][] read, double[][] write) => (Weights, Mean, _read, _write) = (weights, mean, read, write);

    /// <summary>What each axis contributes to E‖W(e − m)‖², falling.</summary>
    public double[] Weights { get; }

    /// <summary>Mean vector m.</summary>
    public double[] Mean { get; }

    /// <summary>Coordinates of a vector on the first axes.</summary>
    public double[] Project(ReadOnlySpan<double> vector, int axes)
    {
        var coordinates = new double[axes];
        for (int axis = 0; axis < axes; axis++)
        {
            for (int i = 0; i < vector.Length; i++)
                coordinates[axis] += _read[axis][i] * vector[i];
        }

        return coordinates;
    }

    /// <summary>The direction whose coordinate an axis is.</summary>
    public ReadOnlySpan<double> Direction(int axis) => _write[axis];

    /// <summary>Measures a field.</summary>
    /// <param name="rows">The table, [rows, dim].</param>
    /// <param name="dim">Numbers of a row.</param>
    /// <param name="column">The field's bound entries.</param>
    /// <param name="samples">Number of samples.</param>
    /// <param name="weight">First layer, [outputs, inputs].</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="start">Column of the field's first number.</param>
    public static FieldAxes Of(ReadOnlySpan<float> rows, int dim, DatasetColumn column, int samples, float[] weight, int outputs, int start)
    {
        (double[] mean, double[,] covariance) = Moments(rows, dim, column, samples);
        double[,] root = Power(covariance, 0.5), inverse = Power(covariance, -0.5);
        int inputs = weight.Length / outputs;
        var gram = new double[dim, dim];
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < dim; i++)
            {
                for (int j = 0; j < dim; j++)
                    gram[i, j] += (double)weight[(o * inputs) + start + i] * weight[(o * inputs) + start + j];
            }
        }

        (double[] values, double[][] vectors) = SymmetricEigen.Of(Product(Product(root, gram), root));

        // Rows keep the size they had, so that regularization and quantization meet what they were made for.
        double trace = 0;
        for (int i = 0; i < dim; i++)
            trace += covariance[i, i];
        double size = trace > 0 ? Math.Sqrt(trace / dim) : 1;
        return new FieldAxes([.. values.Select(value => Math.Max(0, value))], mean,
            [.. vectors.Select(vector => Times(inverse, vector, size))], [.. vectors.Select(vector => Times(root, vector, 1 / size))]);
    }

    private static (double[] Mean, double[,] Covariance) Moments(ReadOnlySpan<float> rows, int dim, DatasetColumn column, int samples)
    {
        double[] mean = new double[dim], pooled = new double[dim];
        var squares = new double[dim, dim];
        for (int s = 0; s < samples; s++)
        {
            Array.Clear(pooled);
            int from = column.Offsets?[s] ?? s, to = column.Offsets?[s + 1] ?? (s + 1);
            for (int entry = from; entry < to; entry++)
            {
                ReadOnlySpan<float> row = rows.Slice(column.Rows[entry] * dim, dim);
                for (int i = 0; i < dim; i++)
                    pooled[i] += (column.Weights?[entry] ?? 1) * row[i];
            }

            for (int i = 0; i < dim; i++)
            {
                mean[i] += pooled[i] / samples;
                for (int j = 0; j <= i; j++)
                    squares[i, j] += pooled[i] * pooled[j] / samples;
            }
        }

        for (int i = 0; i < dim; i++)
        {
            for (int j = 0; j <= i; j++)
                squares[i, j] = squares[j, i] = squares[i, j] - (mean[i] * mean[j]);
        }

        return (mean, squares);
    }

    /// <summary>A power of a covariance on the directions that vary; 0 on the others.</summary>
    private static double[,] Power(double[,] covariance, double exponent)
    {
        (double[] values, double[][] vectors) = SymmetricEigen.Of(covariance);
        int dim = values.Length;
        var power = new double[dim, dim];
        for (int axis = 0; axis < dim && values[axis] > Rank * values[0]; axis++)
        {
            double value = Math.Pow(values[axis], exponent);
            for (int i = 0; i < dim; i++)
            {
                for (int j = 0; j < dim; j++)
                    power[i, j] += value * vectors[axis][i] * vectors[axis][j];
            }
        }

        return power;
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        int n = a.GetLength(0);
        var product = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < n; k++)
            {
                for (int j = 0; j < n; j++)
                    product[i, j] += a[i, k] * b[k, j];
            }
        }

        return product;
    }

    private static double[] Times(double[,] matrix, double[] vector, double factor) =>
        [.. Enumerable.Range(0, vector.Length).Select(i => factor * Enumerable.Range(0, vector.Length).Sum(j => matrix[i, j] * vector[j]))];
}
