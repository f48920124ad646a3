namespace RecServe.Kernels.Tests.Training;

internal static class Rows
{
    public static float[] Draw(int count, int seed, float centre = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => centre + (float)(random.NextDouble() * 4) - 2)];
    }
}
