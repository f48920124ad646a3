namespace RecServe.Kernels.Tests;

/// <summary>Rows of Gaussian numbers whose size varies from row to row.</summary>
internal static class RandomRows
{
    public static void Fill(Random random, Span<float> row)
    {
        float size = MathF.Pow(10, random.Next(-3, 3));
        for (int i = 0; i < row.Length; i++)
            row[i] = size * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    public static float[] Create(Random random, int dim)
    {
        float[] row = new float[dim];
        Fill(random, row);
        return row;
    }
}
